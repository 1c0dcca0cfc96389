#include "plan/file_dialect.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <utility>

namespace headrace {
inline namespace v0 {
namespace {

Result<SchemaFile> Read(const std::string& file_table) {
  const std::string path = testing::TempDir() + "headrace-file-dialect-" + std::to_string(getpid()) + ".toml";
  std::ofstream(path) << "format = 1\n[[file]]\nmatch = '*'\n" << file_table << "\n";
  auto file = ReadSchemaFile(path);
  std::remove(path.c_str());
  return file;
}

// For every key of a dialect, a value that is not its default.
constexpr std::pair<const char*, const char*> kKeys[] = {
    {"delimiter", "';'"},   {"quote", "'none'"},        {"comment", "'#'"},
    {"terminator", "'cr'"}, {"header", "true"},         {"skip_rows", "1"},
    {"nulls", "['NA']"},    {"no_nulls", "true"},       {"decimal", "','"},
    {"thousands", "'.'"},   {"encoding", "'latin1'"},   {"escape", "'!'"},
    {"lenient", "true"},    {"short_records", "'pad'"}, {"long_records", "'truncate'"},
    {"skip_footer", "1"},   {"skip_after_header", "1"}, {"header_rows", "2"},
    {"escape_style", "'c'"}};

TEST(FileDialect, EveryKeyOfADialectHolds) {
  for (const auto& [key, value] : kKeys) {
    const auto file = Read(std::string(key) + " = " + value);
    ASSERT_TRUE(file.ok()) << key << ": " << file.status().ToString();
    Options options;
    options.file_dialects = file->file_dialects;
    EXPECT_FALSE(DialectAt(options, 0) == options.dialect) << key;
    EXPECT_TRUE(DialectAt(options, 0) == options.file_dialects[0].dialect) << key;
    EXPECT_TRUE(DialectAt(options, 1) == options.dialect) << key;
  }
}

// The message about an unknown key lists all: a key that is added must be added above.
TEST(FileDialect, TheListAboveIsWhole) {
  const std::string message = Read("colour = 1").status().message();
  for (const auto& [key, value] : kKeys) {
    EXPECT_NE(message.find(std::string(key)), std::string::npos) << key;
  }
  const std::string list = message.substr(message.find("keys: "));
  EXPECT_EQ(std::count(list.begin(), list.end(), ','), static_cast<long>(std::size(kKeys))) << list;  // and match
}

TEST(FileDialect, FlagsHoldWhereATableSetsNothing) {
  Options options;
  options.file_dialects = Read("header = true")->file_dialects;
  options.dialect.delimiter = "|";
  EXPECT_EQ(DialectAt(options, 0).delimiter, "|");
  EXPECT_TRUE(DialectAt(options, 0).header);
}

}  // namespace
}  // namespace v0
}  // namespace headrace
