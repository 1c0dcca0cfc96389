#include "ledger/manifest.h"

#include <cstdio>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "ledger/json_writer.h"

namespace headrace {
inline namespace v0 {
namespace {

std::string_view WithoutSlashes(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

std::string_view LastPart(std::string_view path) {
  path = WithoutSlashes(path);
  return path.substr(path.rfind('/') + 1);  // npos + 1 = 0: no slash
}

// A path at or below the output: as seen from it, or the output's own name. Others stay as they are.
std::string_view NameIn(std::string_view output, std::string_view path) {
  const std::string_view root = WithoutSlashes(output);
  if (root.empty() || !path.starts_with(root)) return path;
  std::string_view rest = path.substr(root.size());
  if (rest.empty()) return LastPart(path);
  if (!rest.starts_with('/') && root != "/") return path;
  while (rest.starts_with('/')) rest.remove_prefix(1);
  return rest;
}

void WritePath(std::string_view path, JsonWriter* json) {
  json->Key("path").String(path);
  if (IsUtf8(path)) return;
  std::string hex;
  for (const char c : path) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    hex += digits;
  }
  json->Key("path_hex").String(hex);
}

void WriteInputs(const std::vector<ManifestInput>& inputs, JsonWriter* json) {
  json->Key("inputs").BeginArray();
  for (const ManifestInput& input : inputs) {
    json->BeginObject();
    WritePath(input.path, json);
    json->Key("size").Int(input.size);
    json->Key("mtime_ns").Int(input.mtime_ns);
    json->EndObject();
  }
  json->EndArray();
}

void WriteOutputs(const Report& report, std::string_view output, JsonWriter* json) {
  json->Key("outputs").BeginArray();
  for (const OutputReport& file : report.outputs) {
    json->BeginObject();
    WritePath(NameIn(output, file.path), json);
    json->Key("rows").Int(file.rows);
    json->Key("bytes").Int(file.bytes);
    json->Key("checksum").String(file.checksum);
    json->EndObject();
  }
  json->EndArray();
}

void WritePieces(const Report& report, const std::vector<PieceRecord>& pieces, JsonWriter* json) {
  std::unordered_map<std::string_view, int64_t> files;
  for (const OutputReport& file : report.outputs) {
    files.emplace(file.path, static_cast<int64_t>(files.size()));
  }
  json->Key("units").BeginArray();
  for (const PieceRecord& piece : pieces) {
    const auto file = files.find(piece.path);
    char crc32c[9];
    std::snprintf(crc32c, sizeof crc32c, "%08x", static_cast<unsigned>(piece.crc32c));
    json->BeginObject();
    json->Key("unit").Int(piece.unit);
    json->Key("file").Int(file == files.end() ? -1 : file->second);
    json->Key("offset").Int(piece.offset);
    json->Key("bytes").Int(piece.bytes);
    json->Key("rows").Int(piece.rows);
    json->Key("crc32c").String(crc32c);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

std::string ManifestJson(const Report& report, const std::vector<PieceRecord>& pieces,
                         const std::vector<ManifestInput>& inputs, const std::string& output_path) {
  std::string_view output = output_path;
  if (output.empty() && report.outputs.size() == 1) output = report.outputs[0].path;
  JsonWriter json;
  json.BeginObject();
  json.Key("format").Int(1);
  json.Key("program").String("headrace " HEADRACE_VERSION);
  json.Key("output").String(std::string(LastPart(output)) + (output.ends_with('/') ? "/" : ""));
  json.Key("rows_read").Int(report.rows_read);
  json.Key("rows_written").Int(report.rows_written);
  json.Key("rows_rejected").Int(report.rows_rejected);
  json.Key("rows_skipped").Int(report.rows_skipped);
  WriteInputs(inputs, &json);
  WriteOutputs(report, output, &json);
  WritePieces(report, pieces, &json);
  json.EndObject();
  return std::move(json).Finish();
}

}  // namespace v0
}  // namespace headrace
