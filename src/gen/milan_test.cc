#include "gen/milan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace headrace {
namespace gen {
namespace {

namespace fs = std::filesystem;

class MilanTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "headrace-milan-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { fs::remove_all(root_); }

  MilanOptions Options(int days, int64_t rows) const {
    MilanOptions options;
    options.directory = (root_ / "out").string();
    options.days = days;
    options.rows = rows;
    return options;
  }

  // Generate into an empty directory; return the content of each file by its name.
  std::map<std::string, std::string> Generate(const MilanOptions& options) {
    fs::remove_all(options.directory);
    const auto report = GenerateMilan(options, arrow::StopToken::Unstoppable());
    EXPECT_TRUE(report.ok()) << report.status().ToString();
    std::map<std::string, std::string> files;
    int64_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(options.directory)) {
      std::string& text = files[entry.path().filename().string()];
      std::ifstream file(entry.path(), std::ios::binary);
      text.assign(std::istreambuf_iterator<char>(file), {});
      bytes += static_cast<int64_t>(text.size());
    }
    if (report.ok()) {
      EXPECT_EQ(report->files, options.days);
      EXPECT_EQ(report->bytes, bytes);
      if (options.rows > 0) {
        EXPECT_EQ(report->rows, options.rows);
      }
    }
    return files;
  }

  fs::path root_;
};

std::vector<std::string_view> Split(std::string_view text, char end) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  for (size_t at; (at = text.find(end, begin)) != std::string_view::npos; begin = at + 1) {
    parts.push_back(text.substr(begin, at - begin));
  }
  parts.push_back(text.substr(begin));
  return parts;
}

// The rows of a file, each as its fields.
std::vector<std::vector<std::string_view>> Rows(std::string_view text) {
  std::vector<std::vector<std::string_view>> rows;
  std::vector<std::string_view> lines = Split(text, '\n');
  EXPECT_EQ(lines.back(), "") << "the last row has no end";
  lines.pop_back();
  rows.reserve(lines.size());
  for (const std::string_view line : lines) rows.push_back(Split(line, '\t'));
  return rows;
}

// The shortest decimal that reads back as the same double, in the spelling of the files.
std::string Shortest(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  char buffer[64];
  if (value >= 1e-4) {
    return {buffer, std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::fixed).ptr};
  }
  std::string shortest(buffer,
                       std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific).ptr);
  return shortest.replace(shortest.find("e-0"), 3, "E-");
}

TEST_F(MilanTest, SameBytesForAnyNumberOfWorkers) {
  // Of 20,000 rows in 3 days, a day has two chunks; of 150,000 in 2 days, fifteen.
  for (const auto& [days, rows, bytes_per_row] :
       {std::tuple(3, 20'000, 65), std::tuple(3, 20'000, 77), std::tuple(2, 150'000, 65)}) {
    MilanOptions options = Options(days, rows);
    options.bytes_per_row = bytes_per_row;
    options.workers = 1;
    const auto expected = Generate(options);
    ASSERT_EQ(expected.size(), static_cast<size_t>(days));
    for (const int workers : {2, 5, 0}) {
      options.workers = workers;
      EXPECT_TRUE(Generate(options) == expected) << workers << " workers";
    }
  }
}

TEST_F(MilanTest, AnotherSeedGivesOtherBytes) {
  MilanOptions options = Options(1, 2'000);
  const auto first = Generate(options);
  options.seed = 2;
  EXPECT_TRUE(Generate(options) != first);
}

TEST_F(MilanTest, RowsAreOrderedAndWellFormed) {
  for (const auto& [name, text] : Generate(Options(3, 20'000))) {
    const auto rows = Rows(text);
    EXPECT_EQ(rows.size(), name.find("11-03") == std::string::npos ? 6'667u : 6'666u);
    for (size_t i = 0; i < rows.size(); ++i) {
      const auto& row = rows[i];
      ASSERT_EQ(row.size(), 8u) << name << " row " << i;
      ASSERT_EQ(row[1].size(), 13u);
      bool any = false;
      for (size_t field = 3; field < 8; ++field) {
        if (row[field].empty()) continue;
        any = true;
        ASSERT_EQ(row[field], Shortest(row[field]));
        ASSERT_GE(row[field].size(), 16u) << row[field];
        ASSERT_LE(row[field].size(), 21u) << row[field];
      }
      ASSERT_TRUE(any);
      if (i == 0) continue;
      const auto& before = rows[i - 1];
      ASSERT_LT(std::tie(before[0], before[1], before[2]), std::tie(row[0], row[1], row[2])) << name << " row " << i;
    }
  }
}

TEST_F(MilanTest, HasTheShapeOfTheGrid) {
  for (const int bytes_per_row : {65, 77}) {
    MilanOptions options = Options(1, 400'000);
    options.bytes_per_row = bytes_per_row;
    const auto files = Generate(options);
    const std::string& text = files.begin()->second;
    EXPECT_NEAR(static_cast<double>(text.size()) / 400'000, bytes_per_row, 0.02 * bytes_per_row);

    std::set<std::string_view> codes, values;
    std::map<std::pair<std::string_view, std::string_view>, int> rows_per_interval;
    double italian_rows = 0, italian_values = 0, other_values = 0, exponents = 0;
    for (const auto& row : Rows(text)) {
      codes.insert(row[2]);
      ++rows_per_interval[{row[0], row[1]}];
      int filled = 0;
      for (size_t field = 3; field < 8; ++field) {
        if (row[field].empty()) continue;
        ++filled;
        values.insert(row[field]);
        exponents += row[field].find('E') != std::string_view::npos;
      }
      italian_rows += row[2] == "39";
      (row[2] == "39" ? italian_values : other_values) += filled;
    }
    EXPECT_EQ(codes.size(), 299u);
    EXPECT_TRUE(codes.contains("97259"));
    EXPECT_NEAR(italian_rows / 400'000, 0.25, 0.01);
    EXPECT_NEAR(italian_values / italian_rows, bytes_per_row == 65 ? 4.7 : 4.9, 0.05);
    EXPECT_NEAR(other_values / (400'000 - italian_rows), bytes_per_row == 65 ? 1.2 : 2.0, 0.1);
    EXPECT_GT(exponents, 0);
    EXPECT_LT(static_cast<double>(values.size()), 0.25 * (italian_values + other_values));

    int most_rows = 0;
    for (const auto& [key, count] : rows_per_interval) most_rows = std::max(most_rows, count);
    EXPECT_NEAR(400'000.0 / static_cast<double>(rows_per_interval.size()), 3.58, 0.1);
    EXPECT_GT(most_rows, 30);
    EXPECT_LE(most_rows, 36);
  }
}

// A square's base quantities stay from day to day: the same values come again, in another order.
TEST_F(MilanTest, SquaresKeepTheirQuantities) {
  const auto files = Generate(Options(2, 2'000));
  std::set<std::string_view> first;
  int common = 0, rows = 0;
  for (const auto& row : Rows(files.begin()->second)) first.insert(row[3]);
  for (const auto& row : Rows(files.rbegin()->second)) {
    if (row[3].empty()) continue;
    ++rows;
    common += first.contains(row[3]);
  }
  EXPECT_GT(common, rows * 8 / 10);
}

TEST_F(MilanTest, DaysAreThoseOfMilan) {
  const auto files = Generate(Options(151, 151 * 800));
  const auto first_and_last = [&files](const std::string& date) {
    const std::string& text = files.at("sms-call-internet-mi-" + date + ".txt");
    std::set<std::string_view> times;
    for (const auto& row : Rows(text)) times.insert(row[1]);
    return std::string(*times.begin()) + " to " + std::string(*times.rbegin());
  };
  ASSERT_EQ(files.size(), 151u);
  EXPECT_EQ(first_and_last("2013-11-01"), "1383260400000 to 1383346200000");
  EXPECT_EQ(first_and_last("2014-01-01"), "1388530800000 to 1388616600000");
  EXPECT_EQ(first_and_last("2014-03-30"), "1396134000000 to 1396216200000");  // 23 hours
  EXPECT_EQ(first_and_last("2014-03-31"), "1396216800000 to 1396302600000");
}

TEST_F(MilanTest, FewRowsOrNone) {
  const auto files = Generate(Options(3, 2));
  ASSERT_EQ(files.size(), 3u);
  int empty = 0;
  for (const auto& [name, text] : files) empty += text.empty();
  EXPECT_EQ(empty, 1);
}

TEST_F(MilanTest, RefusesAndLeavesNothing) {
  const auto fails = [](const MilanOptions& options) {
    return !GenerateMilan(options, arrow::StopToken::Unstoppable()).ok();
  };
  MilanOptions options = Options(1, 100);
  options.bytes_per_row = 70;
  EXPECT_TRUE(fails(options));
  EXPECT_TRUE(fails(Options(0, 100)));
  EXPECT_TRUE(fails(Options(1, -1)));
  EXPECT_TRUE(fails(Options(1, 5'600'001)));
  EXPECT_THAT(GenerateMilan(Options(2, 11'200'001), arrow::StopToken::Unstoppable()).status().message(),
              testing::EndsWith("\nfix: add --days 3"));
  EXPECT_FALSE(fs::exists(root_ / "out"));

  options = Options(2, 100);
  const auto expected = Generate(options);
  const fs::path second = fs::path(options.directory) / expected.rbegin()->first;
  fs::remove(fs::path(options.directory) / expected.begin()->first);
  EXPECT_THAT(GenerateMilan(options, arrow::StopToken::Unstoppable()).status().message(),
              testing::EndsWith("exists already\nfix: choose another folder, or add --overwrite"));
  EXPECT_EQ(std::distance(fs::directory_iterator(options.directory), {}), 1);
  options.overwrite = true;
  EXPECT_FALSE(fails(options));

  std::ofstream(root_ / "file") << "in the way";
  options.directory = (root_ / "file" / "out").string();
  const auto result = GenerateMilan(options, arrow::StopToken::Unstoppable());
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.status().message().find("Not a directory"), std::string::npos) << result.status().ToString();
}

TEST_F(MilanTest, AStopLeavesWholeFilesOnly) {
  for (const int workers : {1, 3}) {
    MilanOptions options = Options(3, 300'000);
    const auto expected = Generate(options);
    fs::remove_all(options.directory);
    arrow::StopSource stop;
    int64_t last = 0;
    options.workers = workers;
    options.progress = [&](int64_t bytes) {
      EXPECT_GT(bytes, last);
      last = bytes;
      if (bytes > 8'000'000) stop.RequestStop();
    };
    const auto result = GenerateMilan(options, stop.token());
    EXPECT_TRUE(result.status().IsCancelled()) << result.status().ToString();
    int files = 0;
    for (const auto& entry : fs::directory_iterator(options.directory)) {
      EXPECT_EQ(fs::file_size(entry), expected.at(entry.path().filename().string()).size());
      ++files;
    }
    EXPECT_EQ(files, 1);
  }
}

}  // namespace
}  // namespace gen
}  // namespace headrace
