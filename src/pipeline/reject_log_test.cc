#include "pipeline/reject_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "ledger/test_directory.h"

namespace headrace {
inline namespace v0 {
namespace {

Reject MakeReject(int64_t i) {
  Reject reject;
  reject.record = i / 2;  // two bad values a record
  reject.line = i * 3;
  reject.offset = (int64_t{1} << 40) + i;
  reject.field_offset = reject.offset + i % 200;
  reject.column = static_cast<int32_t>(i % 5) - 1;
  reject.kind = static_cast<RejectKind>(i % 21);
  reject.record_rejected = i % 3 != 0;
  reject.raw = std::string(static_cast<size_t>(i / 2 % 40 == 7 ? kMaxRawBytes : i / 2 % 40),
                           static_cast<char>('a' + i / 2 % 26));
  reject.raw_length = static_cast<int64_t>(reject.raw.size()) * 3;
  return reject;
}

void ExpectEqual(const Reject& got, const Reject& want) {
  EXPECT_EQ(got.record, want.record);
  EXPECT_EQ(got.line, want.line);
  EXPECT_EQ(got.offset, want.offset);
  EXPECT_EQ(got.field_offset, want.field_offset);
  EXPECT_EQ(got.column, want.column);
  EXPECT_EQ(got.kind, want.kind);
  EXPECT_EQ(got.record_rejected, want.record_rejected);
  EXPECT_EQ(got.raw_length, want.raw_length);
  EXPECT_EQ(got.raw, want.raw);
}

class RejectLogTest : public testing::Test {
 protected:
  // Append `num_rejects` to a log, and expect the first `num_kept` of them back.
  static void RoundTrip(RejectLog log, int64_t num_rejects, int64_t num_kept) {
    for (int64_t i = 0; i < num_rejects; i++) ASSERT_TRUE(log.Append(MakeReject(i)).ok());
    RejectLog moved = std::move(log);
    ASSERT_TRUE(moved.Rewind().ok());
    Reject reject;
    for (int64_t i = 0; i < num_kept; i++) {
      ASSERT_TRUE(moved.Next(&reject).ValueOr(false)) << i;
      ExpectEqual(reject, MakeReject(i));
    }
    EXPECT_FALSE(moved.Next(&reject).ValueOr(true));
  }

  TestDirectory directory_;
};

TEST_F(RejectLogTest, GivesBackWhatFitsIntoMemory) {
  RoundTrip(RejectLog(directory_.Path("bad.csv")), 0, 0);
  RoundTrip(RejectLog(directory_.Path("bad.csv")), 1, 1);
  RoundTrip(RejectLog(directory_.Path("bad.csv")), 100, 100);
}

TEST_F(RejectLogTest, GivesBackWhatDoesNot) {
  RoundTrip(RejectLog(directory_.Path("bad.csv")), 100'000, 100'000);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.Path("")));
}

TEST_F(RejectLogTest, KeepsTheFirstWhereNoFileIsWanted) { RoundTrip(RejectLog(), 1000, RejectLog::kFirst); }

TEST_F(RejectLogTest, NamesTheFolderThatCannotBeWritten) {
  RejectLog log(directory_.Path("none/bad.csv"));
  Status status;
  for (int64_t i = 0; i < 100'000 && status.ok(); i++) status = log.Append(MakeReject(i)).status();
  EXPECT_NE(status.message().find("none"), std::string::npos) << status;
}

}  // namespace
}  // namespace v0
}  // namespace headrace
