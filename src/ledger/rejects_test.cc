#include "ledger/rejects.h"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/table.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "ledger/reject_encoder.h"
#include "ledger/test_directory.h"
#include "os/sync_read_file.h"

namespace headrace {
inline namespace v0 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kNames = {"r.parquet", "r.csv", "r.jsonl", "r.ndjson"};

Schema ExampleSchema() { return ParseColumns("a:int8,=b:int8").ValueOrDie(); }

Reject MakeReject(int32_t file, int64_t record, int32_t column, std::string raw, bool rejected = true) {
  Reject reject;
  reject.file = file;
  reject.record = record;
  reject.line = record + 1;
  reject.offset = record * 10;
  reject.field_offset = record * 10 + 3;
  reject.column = column;
  reject.kind = column < 0 ? RejectKind::kTooFewFields : RejectKind::kBadInteger;
  reject.record_rejected = rejected;
  reject.raw_length = static_cast<int64_t>(raw.size()) + 7;
  reject.raw = std::move(raw);
  return reject;
}

// Records whose bytes are hard to carry in one form or another.
std::vector<std::string> HardRaws() {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  return {"",
          "plain",
          "1,2,\"x\"\"y\"\r\n3",
          "=cmd|' /C calc'!A0",
          "+1",
          "-1",
          "@x",
          "\tx",
          "\rx",
          "\nx",
          "'=1",
          "''",
          "\\xff",
          "\\",
          "caf\xe9",
          "ü€𝄞",
          "\xed\xa0\x80",
          std::string("\0", 1),
          "\x7f\x1b[31m",
          all_bytes,
          "\"",
          ","};
}

class RejectsTest : public testing::Test {
 protected:
  std::unique_ptr<RejectWriter> Create(const std::string& name,
                                       std::vector<std::string> files = {"in.csv", "c\xe9.csv"}) {
    return RejectWriter::Create(directory_.Path(name), false, ExampleSchema(), std::move(files)).ValueOrDie();
  }

  // Write rejects and publish them; the records counted on the way.
  int64_t Publish(const std::string& name, const std::vector<Reject>& rejects) {
    const auto writer = Create(name);
    for (const Reject& reject : rejects) EXPECT_TRUE(writer->Append(reject).ok());
    EXPECT_TRUE(writer->Finish().ok());
    EXPECT_FALSE(std::filesystem::exists(directory_.Path(name))) << "nothing shows before it is published";
    const auto counted = writer->CountRejectedRecords();
    EXPECT_TRUE(counted.ok()) << counted.status().ToString();
    EXPECT_TRUE(writer->Publish().ok());
    return counted.ValueOr(-1);
  }

  std::shared_ptr<arrow::Table> ReadParquet(const std::string& name) {
    auto input = arrow::io::ReadableFile::Open(directory_.Path(name)).ValueOrDie();
    auto reader =
        parquet::arrow::OpenFile(std::make_shared<SyncReadFile>(input), arrow::default_memory_pool()).ValueOrDie();
    return reader->ReadTable().ValueOrDie()->CombineChunks().ValueOrDie();
  }

  std::vector<nlohmann::json> ReadJsonLines(const std::string& name) {
    std::istringstream lines(directory_.Read(name));
    std::vector<nlohmann::json> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(nlohmann::json::parse(line));
    return rows;
  }

  TestDirectory directory_;
};

TEST_F(RejectsTest, TheNameGivesTheForm) {
  EXPECT_EQ(RejectFormOf("a/b.parquet").ValueOrDie(), RejectForm::kParquet);
  EXPECT_EQ(RejectFormOf("b.csv").ValueOrDie(), RejectForm::kCsv);
  EXPECT_EQ(RejectFormOf("./b.jsonl").ValueOrDie(), RejectForm::kJsonLines);
  EXPECT_EQ(RejectFormOf("b.ndjson").ValueOrDie(), RejectForm::kJsonLines);
  for (const std::string name : {"", "b", "b.json", "b.tsv", "b.csv.gz", ".csv", "csv", "a.csv/b", "b.CSV"}) {
    const auto form = RejectFormOf(name);
    ASSERT_FALSE(form.ok()) << name;
    EXPECT_THAT(form.status().message(), HasSubstr(".parquet, .csv or .jsonl"));
  }
  EXPECT_FALSE(RejectWriter::Create(directory_.Path("b.txt"), false, {}, {}).ok());
}

TEST_F(RejectsTest, AnExistingFileIsKept) {
  directory_.Write("r.csv", "mine");
  EXPECT_FALSE(RejectWriter::Create(directory_.Path("r.csv"), false, {}, {}).ok());
  EXPECT_EQ(directory_.Read("r.csv"), "mine");
}

TEST_F(RejectsTest, AnAbandonedWriterLeavesNothing) {
  for (const std::string& name : kNames) {
    const auto writer = Create(name);
    ASSERT_TRUE(writer->Append(MakeReject(0, 1, 0, "x")).ok());
    ASSERT_TRUE(writer->Finish().ok());
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_.Path("")));
}

TEST_F(RejectsTest, ATableWithoutRowsIsAFileToo) {
  for (const std::string& name : kNames) EXPECT_EQ(Publish(name, {}), 0) << name;
  EXPECT_EQ(ReadParquet("r.parquet")->num_rows(), 0);
  EXPECT_EQ(directory_.Read("r.csv"),
            "file,record,line,offset,field_offset,column,kind,reason,raw,raw_length,rejected\n");
  EXPECT_EQ(directory_.Read("r.jsonl"), "");
}

TEST_F(RejectsTest, CountsRecordsNotRows) {
  const std::vector<Reject> rejects = {
      MakeReject(0, 1, 0, "x"),          MakeReject(0, 1, 1, "x"),         // one record, two bad values
      MakeReject(0, 2, 0, "x", false),   MakeReject(0, 2, 1, "x", false),  // nulled
      MakeReject(0, 3, -1, "\"a\nb,\""),                                   // structural
      MakeReject(1, 3, 0, "x\xff,\n"),                                     // the same number, another file
      MakeReject(1, 4, 0, "x", false),   MakeReject(1, 4, 1, "x", true),   // one row is enough
  };
  for (const std::string& name : kNames) EXPECT_EQ(Publish(name, rejects), 4) << name;
}

TEST_F(RejectsTest, AFileThatWasGivenTwiceCountsTwice) {
  for (const std::string& name : kNames) {
    const auto writer = Create(name, {"in.csv", "in.csv"});
    for (const int file : {0, 1}) {
      ASSERT_TRUE(writer->Append(MakeReject(file, 5, 0, "x")).ok());
      ASSERT_TRUE(writer->Append(MakeReject(file, 5, 1, "x")).ok());
    }
    ASSERT_TRUE(writer->Finish().ok());
    EXPECT_EQ(writer->CountRejectedRecords().ValueOr(-1), 2) << name;
  }
}

TEST_F(RejectsTest, FilesOfOnePathAreToldApartByTheirText) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"x,1", "1,y"}, {"\"x\",1", "x,\"1\""}, {"\xff,1", "\xfe,1"}, {"x", "x,1"}};
  for (const std::string& name : kNames) {
    for (size_t i = 0; i < texts.size(); ++i) {
      const auto writer = Create(std::to_string(i) + name, {"in.csv", "in.csv"});
      ASSERT_TRUE(writer->Append(MakeReject(0, 1, 0, texts[i].first)).ok());
      ASSERT_TRUE(writer->Append(MakeReject(1, 1, 1, texts[i].second)).ok());
      ASSERT_TRUE(writer->Finish().ok());
      EXPECT_EQ(writer->CountRejectedRecords().ValueOr(-1), 2) << name << ", " << i;
    }
  }
}

TEST_F(RejectsTest, IndicesOutOfRangeAreRefused) {
  const auto writer = Create("r.csv");
  EXPECT_FALSE(writer->Append(MakeReject(2, 1, 0, "x")).ok());
  EXPECT_FALSE(writer->Append(MakeReject(-1, 1, 0, "x")).ok());
  EXPECT_FALSE(writer->Append(MakeReject(0, 1, 2, "x")).ok());
}

TEST_F(RejectsTest, ParquetKeepsEveryByte) {
  std::vector<Reject> rejects;
  for (const std::string& raw : HardRaws()) {
    rejects.push_back(MakeReject(1, static_cast<int64_t>(rejects.size()) + 1, rejects.size() % 2 == 0 ? 1 : -1, raw));
  }
  EXPECT_EQ(Publish("r.parquet", rejects), static_cast<int64_t>(rejects.size()));
  const auto table = ReadParquet("r.parquet");
  EXPECT_THAT(table->ColumnNames(), ElementsAre("file", "record", "line", "offset", "field_offset", "column", "kind",
                                                "reason", "raw", "raw_length", "rejected"));
  const auto raw = std::static_pointer_cast<arrow::BinaryArray>(table->GetColumnByName("raw")->chunk(0));
  const auto file = std::static_pointer_cast<arrow::StringArray>(table->GetColumnByName("file")->chunk(0));
  const auto column = std::static_pointer_cast<arrow::StringArray>(table->GetColumnByName("column")->chunk(0));
  const auto offset = std::static_pointer_cast<arrow::Int64Array>(table->GetColumnByName("offset")->chunk(0));
  ASSERT_EQ(raw->length(), static_cast<int64_t>(rejects.size()));
  for (int64_t i = 0; i < raw->length(); ++i) {
    const Reject& reject = rejects[static_cast<size_t>(i)];
    EXPECT_EQ(raw->GetView(i), reject.raw);
    EXPECT_EQ(offset->Value(i), reject.offset);
    EXPECT_EQ(file->GetView(i), "c\\xe9.csv");
    EXPECT_EQ(column->IsNull(i), reject.column < 0);
    if (reject.column >= 0) {
      EXPECT_EQ(column->GetView(i), "=b");
    }
  }
  const auto metadata = parquet::ParquetFileReader::OpenFile(directory_.Path("r.parquet"))->metadata();
  EXPECT_EQ(metadata->key_value_metadata()->Get("headrace.rejects.format").ValueOrDie(), "1");
}

TEST_F(RejectsTest, ParquetRowGroupsAreBounded) {
  std::vector<Reject> rejects;
  for (int64_t i = 0; i < 70000; ++i) rejects.push_back(MakeReject(0, i + 1, 0, "x"));
  EXPECT_EQ(Publish("many.parquet", rejects), 70000);
  auto metadata = parquet::ParquetFileReader::OpenFile(directory_.Path("many.parquet"))->metadata();
  ASSERT_EQ(metadata->num_row_groups(), 2);
  EXPECT_EQ(metadata->RowGroup(0)->num_rows(), 65536);
  rejects.assign(9000, MakeReject(0, 1, 0, std::string(4096, 'x')));
  for (size_t i = 0; i < rejects.size(); ++i) rejects[i].record = static_cast<int64_t>(i) + 1;
  EXPECT_EQ(Publish("large.parquet", rejects), 9000);
  metadata = parquet::ParquetFileReader::OpenFile(directory_.Path("large.parquet"))->metadata();
  EXPECT_EQ(metadata->num_row_groups(), 2);
  EXPECT_EQ(metadata->num_rows(), 9000);
}

TEST_F(RejectsTest, JsonLinesKeepEveryByte) {
  std::vector<Reject> rejects;
  for (const std::string& raw : HardRaws()) {
    rejects.push_back(MakeReject(1, static_cast<int64_t>(rejects.size()) + 1, rejects.size() % 2 == 0 ? 1 : -1, raw));
  }
  EXPECT_EQ(Publish("r.jsonl", rejects), static_cast<int64_t>(rejects.size()));
  const auto rows = ReadJsonLines("r.jsonl");
  ASSERT_EQ(rows.size(), rejects.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    EXPECT_EQ(row["raw"].is_null(), row.contains("raw_base64"));
    const std::string raw = row["raw"].is_null()
                                ? arrow::util::base64_decode(row["raw_base64"].get<std::string>()).ValueOrDie()
                                : row["raw"].get<std::string>();
    EXPECT_EQ(raw, rejects[i].raw);
    EXPECT_EQ(row["raw_length"], rejects[i].raw_length);
    EXPECT_EQ(row["record"], rejects[i].record);
    EXPECT_EQ(row["column"].is_null(), rejects[i].column < 0);
    EXPECT_EQ(row["rejected"], true);
  }
}

TEST_F(RejectsTest, JsonLinesSpellOneRowSo) {
  Publish("r.jsonl", {MakeReject(0, 2, 0, "x\t1", false)});
  EXPECT_EQ(
      directory_.Read("r.jsonl"),
      "{\"file\": \"in.csv\", \"record\": 2, \"line\": 3, \"offset\": 20, \"field_offset\": 23, \"column\": \"a\", "
      "\"kind\": \"bad_integer\", \"reason\": \"" +
          std::string(RejectKindReason(RejectKind::kBadInteger)) +
          "\", \"raw\": \"x\\t1\", \"raw_length\": 10, \"rejected\": false}\n");
}

// A plain reader of CSV and of our escapes, written from their description.
std::vector<std::vector<std::string>> ParseCsv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& field = rows.back().back();
    if (quoted && text[i] == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field += text[i++];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ',' && !quoted) {
      rows.back().emplace_back();
    } else if (text[i] == '\n' && !quoted) {
      rows.emplace_back(1);
    } else {
      field += text[i];
    }
  }
  rows.pop_back();
  return rows;
}

std::string Unescape(std::string text) {
  if (text.starts_with('\'')) text.erase(0, 1);
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
    } else if (text[i + 1] == '\\') {
      result += text[++i];
    } else {
      result += static_cast<char>(std::stoi(text.substr(i + 2, 2), nullptr, 16));
      i += 3;
    }
  }
  return result;
}

TEST_F(RejectsTest, CsvKeepsEveryByteAndRunsNowhere) {
  std::vector<Reject> rejects;
  for (const std::string& raw : HardRaws()) {
    rejects.push_back(MakeReject(1, static_cast<int64_t>(rejects.size()) + 1, rejects.size() % 2 == 0 ? 1 : -1, raw));
  }
  EXPECT_EQ(Publish("r.csv", rejects), static_cast<int64_t>(rejects.size()));
  const std::string text = directory_.Read("r.csv");
  EXPECT_EQ(text.find('\0'), std::string::npos);
  const auto rows = ParseCsv(text);
  ASSERT_EQ(rows.size(), rejects.size() + 1);
  for (size_t i = 0; i < rejects.size(); ++i) {
    const std::vector<std::string>& row = rows[i + 1];
    ASSERT_EQ(row.size(), 11u);
    EXPECT_EQ(Unescape(row[8]), rejects[i].raw);
    EXPECT_EQ(row[5], rejects[i].column < 0 ? "" : "'=b");
    for (const std::string& field : row) {
      EXPECT_EQ(std::string("=+-@\t\r\n").find(field.substr(0, 1)) != std::string::npos && !field.empty(), false)
          << field;
    }
  }
}

TEST_F(RejectsTest, WhatWasDamagedAfterwardsIsNotCounted) {
  const std::vector<Reject> rejects = {MakeReject(0, 1, 0, "x"), MakeReject(0, 2, 0, "y")};
  for (const std::string& name : kNames) {
    Publish(name, rejects);
    const std::string whole = directory_.Read(name);
    const RejectForm form = RejectFormOf(name).ValueOrDie();
    EXPECT_EQ(CountRejectedRecords(directory_.Path(name), form).ValueOr(-1), 2);
    directory_.Write(name, whole.substr(0, whole.size() - 3));
    EXPECT_FALSE(CountRejectedRecords(directory_.Path(name), form).ok()) << name;
  }
}

}  // namespace
}  // namespace v0
}  // namespace headrace
