#include "ledger/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "ledger/test_directory.h"

namespace headrace {
inline namespace v0 {
namespace {

using testing::HasSubstr;

Report ExampleReport(const std::vector<std::string>& paths) {
  Report report;
  report.rows_read = 10;
  report.rows_written = 7;
  report.rows_rejected = 2;
  report.rows_skipped = 1;
  for (const std::string& path : paths) report.outputs.push_back({path, 3, 100, "crc32c:00c0ffee"});
  return report;
}

PieceRecord MakePiece(const std::string& path, int64_t unit) {
  PieceRecord piece;
  piece.path = path;
  piece.unit = unit;
  piece.offset = 4 + 10 * unit;
  piece.bytes = 10;
  piece.rows = 2;
  piece.crc32c = 0xabcdef;
  return piece;
}

std::string ErrorOf(const std::string& text) {
  const auto manifest = ParseManifest(text, "x.manifest.json");
  return manifest.ok() ? "accepted" : manifest.status().message();
}

TEST(Manifest, LiesBesideItsOutput) {
  EXPECT_EQ(ManifestPath("a/out.parquet"), "a/out.parquet.manifest.json");
  EXPECT_EQ(ManifestPath("a/dir/"), "a/dir.manifest.json");
}

TEST(Manifest, ReadsBackWhatWasWritten) {
  const std::string path = "some/where/out.parquet";
  const std::vector<ManifestInput> inputs = {{"in/a.csv", 12345, 1700000000123456789}, {"in/\xe9.csv", 0, -5}};
  const std::string text = ManifestJson(ExampleReport({path}), {MakePiece(path, 0), MakePiece(path, 1)}, inputs, path);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["format"], 1);
  EXPECT_EQ(json["output"], "out.parquet");
  EXPECT_EQ(json["outputs"][0]["path"], "out.parquet");
  EXPECT_EQ(json["units"][1]["crc32c"], "00abcdef");
  EXPECT_EQ(json["inputs"][1]["path"], "in/\\xe9.csv");
  EXPECT_EQ(text.find("some/where"), std::string::npos) << "a manifest moves with its output";

  const Manifest manifest = ParseManifest(text, "x").ValueOrDie();
  EXPECT_EQ(manifest.output, "out.parquet");
  EXPECT_EQ(manifest.rows_read, 10);
  EXPECT_EQ(manifest.rows_written, 7);
  EXPECT_EQ(manifest.rows_rejected, 2);
  EXPECT_EQ(manifest.rows_skipped, 1);
  ASSERT_EQ(manifest.inputs.size(), 2u);
  EXPECT_EQ(manifest.inputs[0].mtime_ns, 1700000000123456789);
  EXPECT_EQ(manifest.inputs[0].size, 12345);
  EXPECT_EQ(manifest.inputs[1].path, "in/\xe9.csv");
  EXPECT_EQ(manifest.inputs[1].mtime_ns, -5);
  ASSERT_EQ(manifest.outputs.size(), 1u);
  EXPECT_EQ(manifest.outputs[0].rows, 3);
  EXPECT_EQ(manifest.outputs[0].bytes, 100);
  EXPECT_EQ(manifest.outputs[0].checksum, "crc32c:00c0ffee");
  ASSERT_EQ(manifest.pieces.size(), 2u);
  EXPECT_EQ(manifest.pieces[1].unit, 1);
  EXPECT_EQ(manifest.pieces[1].file, 0);
  EXPECT_EQ(manifest.pieces[1].offset, 14);
  EXPECT_EQ(manifest.pieces[1].bytes, 10);
  EXPECT_EQ(manifest.pieces[1].rows, 2);
  EXPECT_EQ(manifest.pieces[1].crc32c, 0xabcdefu);
}

TEST(Manifest, PathsOfADirectoryAreBelowIt) {
  const std::vector<std::string> paths = {"a/dir/p=1/x.parquet", "a/dir/p=\xe9/x.parquet"};
  for (const std::string root : {"a/dir/", "a/dir", "a/dir//"}) {
    const Manifest manifest =
        ParseManifest(ManifestJson(ExampleReport(paths), {MakePiece(paths[1], 0)}, {}, root), "x").ValueOrDie();
    EXPECT_EQ(manifest.outputs[0].path, "p=1/x.parquet");
    EXPECT_EQ(manifest.outputs[1].path, "p=\xe9/x.parquet");
    EXPECT_EQ(manifest.pieces[0].file, 1);
  }
}

TEST(Manifest, ASingleFileNeedsNoOutputPath) {
  const std::string path = "/tmp/x/out.arrow";
  const Manifest manifest = ParseManifest(ManifestJson(ExampleReport({path}), {}, {}), "x").ValueOrDie();
  EXPECT_EQ(manifest.output, "out.arrow");
  EXPECT_EQ(manifest.outputs[0].path, "out.arrow");
}

const char* const kWhole = R"({"format": 1, "later": {"a": [[1], {"unit": "x"}]}, "output": "o", "rows_read": 1,
  "rows_written": 1, "rows_rejected": 0, "rows_skipped": 0,
  "inputs": [{"path": "i", "size": 1, "mtime_ns": 2, "etag": {"size": []}}],
  "outputs": [{"path": "o", "rows": 1, "bytes": 9, "checksum": "crc32c:00000000"}],
  "units": [{"unit": 0, "file": 0, "offset": 0, "bytes": 9, "rows": 1, "crc32c": "ffffffff", "note": null}]})";

std::string Replaced(const std::string& from, const std::string& to) {
  std::string text = kWhole;
  EXPECT_NE(text.find(from), std::string::npos) << from;
  return text.replace(text.find(from), from.size(), to);
}

TEST(Manifest, KeysOfLaterVersionsArePassedOver) {
  const auto manifest = ParseManifest(kWhole, "x");
  ASSERT_TRUE(manifest.ok()) << manifest.status().ToString();
  EXPECT_EQ(manifest->inputs[0].size, 1);
  EXPECT_EQ(manifest->pieces[0].crc32c, 0xffffffffu);
}

TEST(Manifest, FaultsAreNamed) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("it is not JSON"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("wrong kind"));
  EXPECT_THAT(ErrorOf("1"), HasSubstr("wrong kind"));
  EXPECT_THAT(ErrorOf("{}"), HasSubstr("it has no format"));
  EXPECT_THAT(ErrorOf(Replaced("\"format\": 1", "\"format\": 2")), HasSubstr("its format is 2"));
  EXPECT_THAT(ErrorOf(Replaced("\"format\": 1", "\"format\": \"1\"")),
              HasSubstr("'format' has a value of the wrong kind"));
  EXPECT_THAT(ErrorOf(Replaced("\"rows_read\": 1,", "")), HasSubstr("rows_read"));
  EXPECT_THAT(ErrorOf(Replaced("\"rows_read\": 1", "\"rows_read\": -1")), HasSubstr("rows_read"));
  EXPECT_THAT(ErrorOf(Replaced("\"rows_read\": 1", "\"rows_read\": 1.5")), HasSubstr("'rows_read'"));
  EXPECT_THAT(ErrorOf(Replaced("\"rows_read\": 1", "\"rows_read\": 18446744073709551615")), HasSubstr("rows_read"));
  EXPECT_THAT(ErrorOf(Replaced("\"rows_read\": 1", "\"rows_read\": [1]")), HasSubstr("'rows_read'"));
  EXPECT_THAT(ErrorOf(Replaced("[{\"path\": \"i\"", "[7, {\"path\": \"i\"")), HasSubstr("'inputs'"));
  EXPECT_THAT(ErrorOf(Replaced("\"bytes\": 9, \"checksum\"", "\"checksum\"")), HasSubstr("an output has no"));
  EXPECT_THAT(ErrorOf(Replaced("crc32c:00000000", "crc32c:0")), HasSubstr("no checksum"));
  EXPECT_THAT(ErrorOf(Replaced("\"ffffffff\"", "\"fffffffg\"")), HasSubstr("'crc32c'"));
  EXPECT_THAT(ErrorOf(Replaced(", \"crc32c\": \"ffffffff\"", "")), HasSubstr("a unit has no crc32c"));
  EXPECT_THAT(ErrorOf(Replaced("\"file\": 0", "\"file\": 1")), HasSubstr("not one of the outputs"));
  EXPECT_THAT(ErrorOf(Replaced("\"unit\": 0", "\"unit\": true")), HasSubstr("'unit'"));
  EXPECT_THAT(ErrorOf(Replaced("\"unit\": 0", "\"unit\": {}")), HasSubstr("'unit'"));
  EXPECT_THAT(ErrorOf(std::string("{\"a\":") + std::string(1000000, '[')), HasSubstr("nested too deeply"));
}

TEST(Manifest, PathsThatLeadOutsideAreRefused) {
  for (const std::string path : {"", "/etc/passwd", "..", "../x", "a/../../x", "a/.."}) {
    EXPECT_THAT(ErrorOf(Replaced("{\"path\": \"o\"", "{\"path\": \"" + path + "\"")), HasSubstr("lies outside"))
        << path;
  }
  EXPECT_EQ(ErrorOf(Replaced("{\"path\": \"o\"", "{\"path\": \"a..b/..c\"")), "accepted");
  EXPECT_EQ(ErrorOf(Replaced("{\"path\": \"o\"", "{\"path\": \"x\", \"path_hex\": \"6f\"")), "accepted");
  EXPECT_THAT(ErrorOf(Replaced("{\"path\": \"o\"", "{\"path\": \"x\", \"path_hex\": \"2f6f\"")), HasSubstr("outside"));
  EXPECT_THAT(ErrorOf(Replaced("{\"path\": \"o\"", "{\"path\": \"x\", \"path_hex\": \"2\"")), HasSubstr("path_hex"));
}

TEST(Manifest, DamagedTextNeverReadsAsAnythingWorse) {
  std::mt19937 random(7);
  const std::string whole = kWhole;
  for (int round = 0; round < 20000; ++round) {
    std::string text = whole;
    for (unsigned changes = random() % 4 + 1; changes > 0; --changes) {
      const size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = whole[random() % whole.size()];
          break;
        case 1:
          text.erase(at, random() % 8 + 1);
          break;
        default:
          text.insert(at, whole.substr(random() % whole.size(), random() % 16));
      }
    }
    const auto manifest = ParseManifest(text, "x");
    if (!manifest.ok()) continue;
    for (const ManifestPiece& piece : manifest->pieces) {
      ASSERT_LT(static_cast<size_t>(piece.file), manifest->outputs.size());
      ASSERT_GE(piece.bytes, 0);
    }
  }
}

TEST(Manifest, ReadsFiles) {
  const TestDirectory directory;
  directory.Write("m.json", kWhole);
  EXPECT_EQ(ReadManifest(directory.Path("m.json")).ValueOrDie().output, "o");
  EXPECT_FALSE(ReadManifest(directory.Path("none.json")).ok());
}

}  // namespace
}  // namespace v0
}  // namespace headrace
