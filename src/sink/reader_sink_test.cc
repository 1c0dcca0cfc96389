#include "sink/reader_sink.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "sink/test_batch.h"

namespace headrace {
namespace {

DataType Kind(TypeKind kind) {
  DataType type;
  type.kind = kind;
  return type;
}

std::unique_ptr<ReaderSink> MakeSink(int64_t capacity) {
  return ReaderSink::Make({{"n", Kind(TypeKind::kInt32)}, {"s", Kind(TypeKind::kDictionary)}}, capacity,
                          arrow::default_memory_pool())
      .ValueOrDie();
}

// One row: its unit's number, and that number modulo three as a string.
std::unique_ptr<Piece> Encode(Encoder* encoder, int k) {
  TestBatch unit;
  unit.Add<int32_t>(Kind(TypeKind::kInt32), {k}).AddStrings(Kind(TypeKind::kDictionary), {std::to_string(k % 3)});
  return encoder->Encode(unit.batch(), {k, 0}).ValueOrDie();
}

TEST(ReaderSink, HandsOverInOrderAndNeverHoldsMoreThanItsCapacity) {
  for (int64_t capacity : {0, 1, 3}) {
    auto sink = MakeSink(capacity);
    std::atomic<int> committed{0};
    std::thread pipeline([&] {
      auto encoder = sink->MakeEncoder().ValueOrDie();
      for (int k = 0; k < 50; ++k) {
        EXPECT_TRUE(sink->Commit(Encode(encoder.get(), k), {k, 0}).ok());
        committed = k + 1;
      }
      EXPECT_TRUE(sink->Finish().ok());
      EXPECT_EQ(sink->Inspect().ValueOrDie()[0].rows, 50);
      EXPECT_TRUE(sink->Publish("").ok());
    });
    for (int k = 0; k < 50; ++k) {
      auto batch = sink->Next().ValueOrDie();
      ASSERT_NE(batch, nullptr);
      ASSERT_TRUE(batch->ValidateFull().ok());
      EXPECT_LE(committed, k + 2 + std::max<int64_t>(capacity, 1));
      EXPECT_EQ(static_cast<const arrow::Int32Array&>(*batch->column(0)).Value(0), k);
      const auto& word = static_cast<const arrow::DictionaryArray&>(*batch->column(1));
      EXPECT_EQ(word.GetValueIndex(0), k % 3);
      EXPECT_EQ(word.dictionary()->length(), std::min(k + 1, 3));
      EXPECT_EQ(static_cast<const arrow::StringArray&>(*word.dictionary()).GetView(k % 3), std::to_string(k % 3));
    }
    EXPECT_EQ(sink->Next().ValueOrDie(), nullptr);
    EXPECT_EQ(sink->Next().ValueOrDie(), nullptr);
    pipeline.join();
  }
}

TEST(ReaderSink, BatchesBeforeAFailureAreDelivered) {
  auto sink = MakeSink(4);
  auto encoder = sink->MakeEncoder().ValueOrDie();
  ASSERT_TRUE(sink->Commit(Encode(encoder.get(), 0), {0, 0}).ok());
  sink->Fail(Status::IOError("gone"));
  sink->Fail(Status::OK());  // the first end counts
  EXPECT_NE(sink->Next().ValueOrDie(), nullptr);
  EXPECT_TRUE(sink->Next().status().IsIOError());
  EXPECT_TRUE(sink->Commit(Encode(encoder.get(), 1), {1, 0}).IsCancelled());
}

TEST(ReaderSink, CloseWakesBothSides) {
  auto sink = MakeSink(1);
  auto encoder = sink->MakeEncoder().ValueOrDie();
  ASSERT_TRUE(sink->Commit(Encode(encoder.get(), 0), {0, 0}).ok());
  Status status;
  std::thread pipeline([&] { status = sink->Commit(Encode(encoder.get(), 1), {1, 0}); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  sink->Close();
  sink->Close();
  pipeline.join();
  EXPECT_TRUE(status.IsCancelled());
  EXPECT_TRUE(sink->Next().status().IsCancelled());

  auto idle = MakeSink(1);
  std::thread closer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    idle->Close();
  });
  EXPECT_TRUE(idle->Next().status().IsCancelled());
  closer.join();
}

}  // namespace
}  // namespace headrace
