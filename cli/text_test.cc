// Values read from flags, and values shown to people.
#include "cli/text.h"

#include <gtest/gtest.h>

#include "cli/progress.h"
#include "cli/values.h"

namespace headrace::cli {
namespace {

constexpr int64_t kGiB = int64_t{1} << 30;

TEST(Values, Sizes) {
  EXPECT_EQ(*ParseSize("1"), 1);
  EXPECT_EQ(*ParseSize("64KiB"), 65536);
  EXPECT_EQ(*ParseSize("4MiB"), 4 << 20);
  EXPECT_EQ(*ParseSize("3GiB"), 3 * kGiB);
  for (const char* text :
       {"", "0", "-1", "+1", "4MB", "4 MiB", "MiB", "1.5GiB", "9999999999GiB", "9223372036854775808"}) {
    EXPECT_FALSE(ParseSize(text).ok()) << text;
  }
}

TEST(Values, Bytes) {
  EXPECT_EQ(*ParseByte(";"), ';');
  EXPECT_EQ(*ParseByte("\\t"), '\t');
  EXPECT_EQ(*ParseByte("\\x01"), '\x01');
  EXPECT_EQ(*ParseByte("\\"), '\\');
  for (const char* text : {"", "ab", "\\n", "\\x1", "\\xg0", "\xc2\xa7"}) EXPECT_FALSE(ParseByte(text).ok()) << text;
}

TEST(Values, Workers) {
  EXPECT_EQ(ParseWorkers("auto", 8, 8 * kGiB)->origin, Origin::kDefault);
  EXPECT_EQ(ParseWorkers("conservative", 8, 8 * kGiB)->value, 6);
  EXPECT_EQ(ParseWorkers("conservative", 1, 8 * kGiB)->value, 1);
  EXPECT_EQ(ParseWorkers("aggressive", 8, 8 * kGiB)->value, 10);
  EXPECT_EQ(ParseWorkers("memory-limited", 8, 7 * kGiB)->value, 3);
  EXPECT_EQ(ParseWorkers("memory-limited", 8, kGiB / 2)->value, 1);
  EXPECT_EQ(ParseWorkers("memory-limited", 2, 64 * kGiB)->value, 2);
  EXPECT_EQ(ParseWorkers("7", 2, kGiB)->value, 7);
  for (const char* text : {"0", "-1", "1025", "two", ""}) EXPECT_FALSE(ParseWorkers(text, 2, kGiB).ok()) << text;
}

TEST(Values, Compression) {
  EXPECT_EQ(ParseCompression("zstd")->level, 1);
  EXPECT_EQ(ParseCompression("zstd:9")->level, 9);
  EXPECT_EQ(ParseCompression("none")->codec, Codec::kNone);
  for (const char* text : {"", "zstd:", "zstd:0", "zstd:23", "snappy:1", "lzma"}) {
    EXPECT_FALSE(ParseCompression(text).ok()) << text;
  }
}

TEST(Values, MaxRejects) {
  Options options;
  ASSERT_TRUE(ParseMaxRejects("0.5%", &options).ok());
  EXPECT_EQ(options.max_rejects, -1);
  EXPECT_EQ(options.max_rejects_percent, 0.5);
  ASSERT_TRUE(ParseMaxRejects("10", &options).ok());
  EXPECT_EQ(options.max_rejects, 10);
  EXPECT_EQ(options.max_rejects_percent, -1);
  for (const char* text : {"", "%", "-1", "101%", "1e1%", "x", "nan%"}) {
    EXPECT_FALSE(ParseMaxRejects(text, &options).ok()) << text;
  }
}

TEST(Text, Numbers) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
  EXPECT_EQ(Grouped(-123), "-123");
  EXPECT_EQ(HumanBytes(999), "999 B");
  EXPECT_EQ(HumanBytes(999'999), "1.00 MB");
  EXPECT_EQ(HumanBytes(1.234e9), "1.23 GB");
  EXPECT_EQ(Scaled(12'345), "12.3k");
  EXPECT_EQ(HumanSeconds(0.1234), "0.123 s");
  EXPECT_EQ(HumanSeconds(59.96), "1 min 00 s");
  EXPECT_EQ(HumanSeconds(3725), "1 h 02 min");
}

TEST(Text, ControlBytesAreShown) {
  EXPECT_EQ(Visible("a\tb\n\x1b[31m\x7f", 100), "a\\tb\\n\\x1b[31m\\x7f");
  EXPECT_EQ(Visible(std::string_view("\0", 1), 100), "\\0");
  EXPECT_EQ(Visible("zo\xc3\xab", 100), "zo\xc3\xab");
  EXPECT_EQ(Visible("\xff\xc3", 100), "\\xff\\xc3");
  EXPECT_EQ(Visible("\xc2\x9b", 100), "\\xc2\\x9b");           // C1 control: a CSI on some terminals
  EXPECT_EQ(Visible("\xe2\x80\xae", 100), "\\xe2\\x80\\xae");  // right-to-left override
  EXPECT_EQ(Visible("abcdef", 3), "abc...");
  EXPECT_EQ(Visible("abc", 3), "abc");
}

TEST(Text, Tables) {
  EXPECT_EQ(AlignedTable({{"a", "n"}, {"bb", "10"}, {"\xc3\xab", "5"}}, "lr"), "a    n\nbb  10\n\xc3\xab    5\n");
  EXPECT_EQ(Wrapped("aa bb cc", 2, 7), "  aa bb\n  cc\n");
}

TEST(Text, ProgressFitsTheTerminal) {
  Snapshot snapshot;
  snapshot.rows_read = 1'500'000;
  snapshot.bytes_read = 500'000'000;
  snapshot.bytes_total = 1'000'000'000;
  snapshot.files_done = 3;
  snapshot.files_total = 7;
  snapshot.seconds = 2;
  EXPECT_EQ(ProgressText(snapshot, 100),
            "[====================                   ] 50%  1.50M rows  250 MB/s  ETA 2 s  750k rows/s  3/7 files");
  for (size_t columns = 1; columns < 200; ++columns) {
    EXPECT_LE(ProgressText(snapshot, columns).size(), std::max<size_t>(columns, 4)) << columns;
  }
  snapshot.bytes_total = 0;
  EXPECT_EQ(ProgressText(snapshot, 30), "1.50M rows  250 MB/s");
}

}  // namespace
}  // namespace headrace::cli
