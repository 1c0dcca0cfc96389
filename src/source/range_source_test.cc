#include "source/range_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "source/left_behind.h"

namespace headrace {
namespace {

using std::chrono::milliseconds;

/// A file of bytes that show their place, some ranges of which come late, fail or never come.
class FakeFile : public RemoteFile {
 public:
  explicit FakeFile(int64_t size, double patience = 60)
      : RemoteFile(*ParseRemoteUri("http://h/fake"), size, 0), patience_(patience) {}
  ~FakeFile() override { EXPECT_EQ(readers_, 0); }

  static char At(int64_t offset) { return static_cast<char>(offset * 31 + offset / 257); }

  Result<std::unique_ptr<RangeReader>> OpenReader(const Stopped&) const override {
    if (fails_to_open) return Status::IOError("closed door");
    return std::make_unique<Reader>(*this);
  }
  Status CheckUnchanged(const Stopped&) const override { return at_end; }
  Result<std::unique_ptr<ByteSource>> OpenSequential(std::function<Status()>) const override {
    return Status::NotImplemented("");
  }
  double patience_seconds(int64_t) const override { return patience_; }

  bool fails_to_open = false;
  int64_t fail_behind = INT64_MAX, hang_behind = INT64_MAX;
  Status at_end;
  mutable std::atomic<int64_t> at_once = 0, most_at_once = 0, most_held = 0, read_bytes = 0;

 private:
  class Reader : public RangeReader {
   public:
    explicit Reader(const FakeFile& file) : file_(file) { file_.readers_++; }
    ~Reader() override { file_.readers_--; }
    Status ReadAt(int64_t offset, char* to, int64_t num_bytes, const Stopped& stopped) override {
      const int64_t now = ++file_.at_once;
      if (now > file_.most_at_once) file_.most_at_once = now;
      std::this_thread::sleep_for(milliseconds(offset / 1000 % 5));
      while (offset >= file_.hang_behind && !stopped()) std::this_thread::sleep_for(milliseconds(5));
      for (int64_t i = 0; i < num_bytes; i++) to[i] = At(offset + i);
      file_.at_once--;
      file_.read_bytes += num_bytes;
      return offset >= file_.fail_behind ? Status::IOError("broken at ", offset) : Status::OK();
    }

   private:
    const FakeFile& file_;
  };

  const double patience_;
  mutable std::atomic<int64_t> readers_ = 0;
};

const std::function<Status()> kGoOn = [] { return Status::OK(); };
constexpr int64_t kRange = 300 << 10;

Result<int64_t> ReadAll(RangeSource* source, int64_t piece) {
  std::string buffer(static_cast<size_t>(piece), '\0');
  int64_t position = 0;
  while (true) {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, source->Read(buffer.data(), piece));
    if (got == 0) return position;
    for (int64_t i = 0; i < got; i++) {
      if (buffer[static_cast<size_t>(i)] != FakeFile::At(position + i)) return Status::Invalid("wrong byte");
    }
    position += got;
    EXPECT_EQ(source->source_bytes(), position);
  }
}

TEST(RangeSource, GivesAllBytesInOrder) {
  for (const int64_t size :
       {int64_t{0}, int64_t{1}, kRange, int64_t{256 << 10}, int64_t{(256 << 10) + 1}, 10 * kRange + 7}) {
    for (const int64_t piece : {int64_t{1000}, int64_t{1 << 20}}) {
      auto file = std::make_shared<FakeFile>(size);
      RangeSource source(file, kRange, kGoOn);
      const auto read = ReadAll(&source, piece);
      ASSERT_TRUE(read.ok()) << read.status();
      EXPECT_EQ(*read, size);
      EXPECT_EQ(file->read_bytes, size);
      EXPECT_LE(file->most_at_once, RangeSource::kRanges);
      if (size > 9 * kRange) {
        EXPECT_GT(file->most_at_once, 1);
      }
    }
  }
}

TEST(RangeSource, ReadsLittleForAHead) {
  auto file = std::make_shared<FakeFile>(100 * kRange);
  RangeSource source(file, kRange, kGoOn);
  char byte;
  ASSERT_EQ(*source.Read(&byte, 1), 1);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(file->read_bytes, 256 << 10);
}

TEST(RangeSource, HoldsNoMoreThanItsRanges) {
  auto file = std::make_shared<FakeFile>(100 * kRange);
  RangeSource source(file, kRange, kGoOn);
  std::string head((256 << 10) + 1, '\0');
  for (int64_t left = static_cast<int64_t>(head.size()); left > 0;) left -= *source.Read(head.data(), left);
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(file->read_bytes, (256 << 10) + RangeSource::kRanges * kRange);
}

TEST(RangeSource, FailsWhereARangeDoes) {
  auto file = std::make_shared<FakeFile>(100 * kRange);
  file->fail_behind = 3'000'000;
  RangeSource source(file, kRange, kGoOn);
  const auto read = ReadAll(&source, 1 << 20);
  EXPECT_TRUE(read.status().IsIOError()) << read.status();
  EXPECT_GT(source.source_bytes(), 3'000'000 - kRange);
  char byte;
  EXPECT_TRUE(source.Read(&byte, 1).status().IsIOError()) << "and again";
  EXPECT_LT(file->read_bytes, 3'000'000 + (RangeSource::kRanges + 1) * kRange);
}

TEST(RangeSource, FailsWhereNoConnectionOpens) {
  auto file = std::make_shared<FakeFile>(kRange);
  file->fails_to_open = true;
  RangeSource source(file, kRange, kGoOn);
  EXPECT_TRUE(ReadAll(&source, 1000).status().IsIOError());
}

TEST(RangeSource, TellsOfAChangeAtTheEnd) {
  auto file = std::make_shared<FakeFile>(3 * kRange);
  file->at_end = Changed(file->uri());
  RangeSource source(file, kRange, kGoOn);
  EXPECT_TRUE(IsChanged(ReadAll(&source, 1 << 20).status()));
}

TEST(RangeSource, EndsAWaitWhenAsked) {
  auto file = std::make_shared<FakeFile>(100 * kRange);
  file->hang_behind = 1'000'000;
  std::atomic<bool> stop = false;
  RangeSource source(file, kRange, [&] { return stop ? Status::Cancelled("") : Status::OK(); });
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    stop = true;
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(ReadAll(&source, 1 << 20).status().IsCancelled());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
  stopper.join();
}

TEST(RangeSource, GivesUpAServerThatHangs) {
  auto file = std::make_shared<FakeFile>(100 * kRange, /*patience=*/0.1);
  file->hang_behind = 1'000'000;
  RangeSource source(file, kRange, kGoOn);
  const auto read = ReadAll(&source, 1 << 20);
  EXPECT_TRUE(read.status().IsIOError());
  EXPECT_NE(read.status().message().find("no answer"), std::string::npos) << read.status();
}

TEST(CallApart, LeavesACallBehind) {
  struct Gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
  };
  auto gate = std::make_shared<Gate>();
  const std::function<Result<int>()> call = [gate]() -> Result<int> {
    std::unique_lock<std::mutex> lock(gate->mutex);
    gate->opened.wait(lock, [&] { return gate->open; });
    return 7;
  };
  EXPECT_TRUE(CallApart<int>(call, kGoOn, 0.1, Status::IOError("late")).status().IsIOError());
  EXPECT_TRUE(CallApart<int>(
                  call, [] { return Status::Cancelled(""); }, 60, Status::OK())
                  .status()
                  .IsCancelled());
  EXPECT_GE(ThreadsApart(), 2);
  {
    std::lock_guard<std::mutex> lock(gate->mutex);
    gate->open = true;
  }
  gate->opened.notify_all();
  EXPECT_EQ(*CallApart<int>(call, kGoOn, 60, Status::IOError("late")), 7);
  for (int i = 0; i < 200 && ThreadsApart() > 0; i++) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(ThreadsApart(), 0);
}

TEST(RemoteUri, ShowsNoSecret) {
  EXPECT_EQ(ShownUri("https://h/a.csv?sig=x#y"), "https://h/a.csv?\u2026");
  EXPECT_EQ(ShownUri("https://me:pw@h:1/a@b?c"), "https://\u2026@h:1/a@b?\u2026");
  EXPECT_EQ(ShownUri("s3://b/a?b.csv"), "s3://b/a?b.csv");
  EXPECT_EQ(ShownUri("s3://b/a?secret_key=x"), "s3://b/a");
  EXPECT_EQ(ShownUri("http:/h?x"), "http:/h?x") << "a path of this machine";
  for (const char* uri :
       {"https://me@h/x", "s3://a:b@c/d", "gs://b/x?a=b&SECRET_KEY=x", "https:///x", "s3://b?x", "http://h/a b"}) {
    EXPECT_FALSE(ParseRemoteUri(uri).ok()) << uri;
  }
  EXPECT_EQ(ParseRemoteUri("s3://b/a%20b?c#d")->key, "a%20b?c#d");
  EXPECT_EQ(ParseRemoteUri("HTTP://h?x=1#f")->text, "HTTP://h?x=1");
  EXPECT_EQ(NamingUri(*ParseRemoteUri("https://h/?x")), "https://h");
  EXPECT_EQ(NamingUri(*ParseRemoteUri("https://h/d/a.csv?b=/c")), "https://h/d/a.csv");
}

}  // namespace
}  // namespace headrace
