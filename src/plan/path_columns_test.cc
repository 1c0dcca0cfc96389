#include "plan/path_columns.h"

#include <gtest/gtest.h>

namespace headrace {
inline namespace v0 {
namespace {

std::string Text(std::string_view path) {
  std::string text;
  for (const PathColumn& column : PathColumns(path)) {
    text += column.name + ":" + column.value.value_or("<null>") + ";";
  }
  return text;
}

TEST(PathColumns, FoldersGiveColumns) {
  EXPECT_EQ(Text("data/year=2024/month=01/x.csv"), "year:2024;month:01;");
  EXPECT_EQ(Text("/a=1/b/c=/a=b=c"), "a:1;c:;");
  EXPECT_EQ(Text("year=2024"), "") << "a file's own name is no folder";
  EXPECT_EQ(Text("=1/x"), "");
  EXPECT_EQ(Text("-"), "");
}

TEST(PathColumns, PercentSignsAreDecoded) {
  EXPECT_EQ(Text("a%20b=c%2Fd%3d/x"), "a b:c/d=;");
  EXPECT_EQ(Text("a=100%/x"), "a:100%;");
  EXPECT_EQ(Text("a=%2/x"), "a:%2;");
  EXPECT_EQ(Text("a=%zz%41/x"), "a:%zzA;");
}

TEST(PathColumns, HivesNull) {
  EXPECT_EQ(Text("a=__HIVE_DEFAULT_PARTITION__/x"), "a:<null>;");
  EXPECT_EQ(Text("a=__HIVE%5FDEFAULT_PARTITION__/x"), "a:__HIVE_DEFAULT_PARTITION__;");
}

}  // namespace
}  // namespace v0
}  // namespace headrace
