#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "headrace/report.h"

namespace headrace {
inline namespace v0 {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;

std::vector<std::string> KeysOf(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

Report ExampleReport() {
  Report report;
  report.rows_read = 10;
  report.rows_written = 7;
  report.rows_rejected = 2;
  report.rows_skipped = 1;
  report.values_nulled = 3;
  report.bytes_read = int64_t{1} << 60;
  report.seconds = 0.12345678;
  report.units = 4;
  report.units_redone = 1;
  report.max_units_in_flight = 2;
  report.bent = {.padded = 4, .truncated = 5, .collected = 6, .lenient = 7};
  report.files.push_back({"a \"b\"\\\n\x01.csv", 100, 10, 2, 0.5, true, report.bent});
  report.config.push_back({"workers", "2", "detected", "two processors"});
  report.outputs.push_back({"out.parquet", 7, 1234, "crc32c:0a1b2c3d"});
  return report;
}

TEST(ReportJson, HasTheKeysOfTheContract) {
  const auto json = ordered_json::parse(ReportToJson(ExampleReport()));
  EXPECT_THAT(KeysOf(json), ElementsAre("format", "rows_read", "rows_written", "rows_rejected", "rows_skipped",
                                        "values_nulled", "records_padded", "records_truncated", "records_collected",
                                        "records_lenient", "bytes_read", "seconds", "peak_memory_bytes", "units",
                                        "units_redone", "units_given_up", "max_units_in_flight", "files", "drift",
                                        "notes", "config", "decisions", "verdict", "samples", "outputs", "verified"));
  EXPECT_EQ(json["format"], 1);
  EXPECT_EQ(json["rows_read"], 10);
  EXPECT_EQ(json["bytes_read"], int64_t{1} << 60);
  EXPECT_EQ(json["seconds"], 0.123457);
  EXPECT_TRUE(json["decisions"].is_array() && json["decisions"].empty());
  EXPECT_TRUE(json["verdict"].is_null());
  EXPECT_THAT(KeysOf(json["files"][0]),
              ElementsAre("path", "bytes", "rows", "rejected", "records_padded", "records_truncated",
                          "records_collected", "records_lenient", "seconds", "complete"));
  for (const auto& counts : {json, json["files"][0]}) {
    EXPECT_EQ(counts["records_padded"], 4);
    EXPECT_EQ(counts["records_truncated"], 5);
    EXPECT_EQ(counts["records_collected"], 6);
    EXPECT_EQ(counts["records_lenient"], 7);
  }
  EXPECT_EQ(json["files"][0]["path"], "a \"b\"\\\n\x01.csv");
  EXPECT_THAT(KeysOf(json["config"][0]), ElementsAre("name", "value", "origin", "reason"));
  EXPECT_EQ(json["config"][0]["value"], "2");
  EXPECT_THAT(KeysOf(json["outputs"][0]), ElementsAre("path", "rows", "bytes", "checksum"));
  EXPECT_EQ(json["outputs"][0]["checksum"], "crc32c:0a1b2c3d");
}

TEST(ReportJson, AnEmptyReportIsJsonToo) {
  const auto json = ordered_json::parse(ReportToJson({}));
  EXPECT_TRUE(json["files"].is_array() && json["files"].empty());
  EXPECT_TRUE(ordered_json::parse(ScanToJson({}))["columns"].empty());
}

TEST(ReportJson, PathsThatAreNotUtf8AreEscaped) {
  Report report = ExampleReport();
  report.files[0].path = "caf\xe9/\xed\xa0\x80/ü.csv";
  report.seconds = std::nan("");
  const auto json = ordered_json::parse(ReportToJson(report));
  EXPECT_EQ(json["files"][0]["path"], "caf\\xe9/\\xed\\xa0\\x80/ü.csv");
  EXPECT_TRUE(json["seconds"].is_null());
}

TEST(ReportJson, ScanSpellsNumbersAsTheirColumnsSay) {
  Report report = ExampleReport();
  ColumnReport small{.name = "n",
                     .type = "uint16",
                     .count = 5,
                     .nulls = 2,
                     .has_extremes = true,
                     .min = "1",
                     .max = "65535",
                     .has_sum = true,
                     .sum = "170141183460469231731687303715884105727",
                     .extremes_quoted = false,
                     .sum_quoted = true};
  ColumnReport real{.name = "x",
                    .type = "float64",
                    .count = 3,
                    .nulls = 0,
                    .has_extremes = true,
                    .min = "-1.5e-300",
                    .max = "inf",
                    .has_sum = true,
                    .sum = "nan",
                    .extremes_quoted = false,
                    .sum_quoted = false};
  ColumnReport text{.name = "s",
                    .type = "string",
                    .count = 0,
                    .nulls = 7,
                    .has_extremes = false,
                    .min = "",
                    .max = "",
                    .has_sum = false,
                    .sum = "",
                    .extremes_quoted = true,
                    .sum_quoted = true};
  report.columns = {small, real, text};
  const auto json = ordered_json::parse(ScanToJson(report));
  EXPECT_THAT(KeysOf(json), ElementsAre("rows", "bytes", "seconds", "columns"));
  EXPECT_EQ(json["rows"], 7);
  EXPECT_EQ(json["bytes"], report.bytes_read);
  const ordered_json& columns = json["columns"];
  EXPECT_THAT(KeysOf(columns[0]), ElementsAre("name", "type", "count", "nulls", "min", "max", "sum"));
  EXPECT_EQ(columns[0]["min"], 1);
  EXPECT_EQ(columns[0]["max"], 65535);
  EXPECT_EQ(columns[0]["sum"], "170141183460469231731687303715884105727");
  EXPECT_EQ(columns[1]["min"], -1.5e-300);
  EXPECT_EQ(columns[1]["max"], "inf");
  EXPECT_EQ(columns[1]["sum"], "nan");
  EXPECT_TRUE(columns[2]["min"].is_null());
  EXPECT_TRUE(columns[2]["sum"].is_null());
}

}  // namespace
}  // namespace v0
}  // namespace headrace
