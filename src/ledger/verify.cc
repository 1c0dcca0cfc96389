#include "ledger/verify.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "ledger/json_writer.h"
#include "ledger/verify_file.h"
#include "os/input_file.h"

namespace headrace {
inline namespace v0 {
namespace {

namespace fs = std::filesystem;

Status VerifyFile(const std::string& path, const std::string& place, OutputForm form, VerifyFindings* findings) {
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->GetSize());
  findings->report().files += 1;
  findings->report().bytes += bytes;
  switch (form) {
    case OutputForm::kParquet:
      return VerifyParquet(file, place, findings);
    case OutputForm::kIpcFile:
      return VerifyIpcFile(file, place, findings);
    case OutputForm::kIpcStream:
      return VerifyIpcStream(file, place, findings);
  }
  return Status::UnknownError("an output in an unknown form");
}

Status UnknownForm(const std::string& path) {
  return Status::Invalid("this is neither Parquet nor Arrow IPC: ", EscapeInvalidUtf8(path),
                         "\nfix: name an output of headrace ingest");
}

// Files below a folder.
Status VerifyFiles(const std::string& directory, const std::vector<std::string>& names, VerifyFindings* findings) {
  for (const std::string& name : names) {
    const std::string file = (fs::path(directory) / name).string();
    ARROW_ASSIGN_OR_RAISE(const auto form, OutputFormOf(file));
    findings->Check("form", form.has_value(), name, "this is neither Parquet nor Arrow IPC");
    if (form.has_value()) ARROW_RETURN_NOT_OK(VerifyFile(file, name, *form, findings));
  }
  return Status::OK();
}

Status VerifyByContent(const OutputPlace& output, VerifyFindings* findings) {
  if (!output.is_directory) {
    ARROW_ASSIGN_OR_RAISE(const auto form, OutputFormOf(output.path));
    return form.has_value() ? VerifyFile(output.path, output.name, *form, findings) : UnknownForm(output.name);
  }
  ARROW_ASSIGN_OR_RAISE(const std::vector<std::string> names, ListOutput(output.path));
  if (names.empty()) {
    return Status::Invalid("there is no file to check in ", EscapeInvalidUtf8(output.name),
                           "\nfix: name an output of headrace ingest");
  }
  return VerifyFiles(output.path, names, findings);
}

// The files that the run wrote, none where it had no rows to partition: a listing would pass over hidden names.
Status VerifyOwnFiles(const OutputPlace& output, const Manifest& manifest, VerifyFindings* findings) {
  if (!output.is_directory) return VerifyByContent(output, findings);
  std::vector<std::string> names;
  for (const OutputReport& file : manifest.outputs) names.push_back(file.path);
  return VerifyFiles(output.path, names, findings);
}

}  // namespace

void VerifyFindings::Note(std::string_view check, bool passed) {
  auto& checks = report_->checks;
  auto found = std::find_if(checks.begin(), checks.end(), [&](const VerifyCheck& c) { return c.name == check; });
  if (found == checks.end()) found = checks.insert(found, {std::string(check), 0, 0});
  found->checked += 1;
  found->failed += passed ? 0 : 1;
  report_->ok = report_->ok && passed;
}

void VerifyFindings::Problem(const std::string& place, const std::string& what) {
  if (report_->problems.size() == kMaxVerifyProblems) {
    report_->problems_left_out += 1;
    return;
  }
  report_->problems.push_back(EscapeInvalidUtf8(place + ": " + what));
}

Result<std::optional<OutputForm>> OutputFormOf(const std::string& path) {
  ARROW_ASSIGN_OR_RAISE(const auto file, InputFile::Open(path));
  std::string head(8, '\0');
  ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file->ReadAt(0, head.data(), static_cast<int64_t>(head.size())));
  head.resize(static_cast<size_t>(bytes));
  const auto is = [](OutputForm form) { return std::optional<OutputForm>(form); };
  if (head.starts_with("PAR1")) return is(OutputForm::kParquet);
  if (head.starts_with("ARROW1")) return is(OutputForm::kIpcFile);
  if (head.starts_with("\xff\xff\xff\xff")) return is(OutputForm::kIpcStream);
  if (path.ends_with(".parquet")) return is(OutputForm::kParquet);
  if (path.ends_with(".arrow") || path.ends_with(".feather")) return is(OutputForm::kIpcFile);
  return std::optional<OutputForm>();
}

Result<std::vector<std::string>> ListOutput(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator entry(directory, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool hidden = name.starts_with('.') || name == "_SUCCESS" || name == "_temporary" || name == "_metadata" ||
                        name == "_common_metadata";
    std::error_code nowhere;  // where a link leads: a file that cannot be opened
    const bool is_directory = entry->is_directory(nowhere);
    if (is_directory && hidden) entry.disable_recursion_pending();
    if (is_directory || hidden) continue;
    names.push_back(entry->path().lexically_relative(directory).string());
  }
  if (error) {
    return Status::IOError("cannot list the files of ", EscapeInvalidUtf8(directory), ": ", error.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<VerifyReport> VerifyOutput(const std::string& path, const arrow::StopToken& stop) {
  ARROW_ASSIGN_OR_RAISE(const FileFacts facts, StatFile(path));
  const OutputPlace output{path, path, facts.is_directory};
  VerifyReport report;
  VerifyFindings findings(&report, stop);
  std::error_code error;
  const std::string manifest_path = ManifestPath(path);
  report.had_manifest = fs::exists(manifest_path, error);
  if (!report.had_manifest) {
    ARROW_RETURN_NOT_OK(VerifyByContent(output, &findings));
    return report;
  }
  const Result<Manifest> manifest = ReadManifest(manifest_path);
  const std::string message = manifest.ok() ? "" : manifest.status().message();
  if (findings.Check("manifest", manifest.ok(), manifest_path, message.substr(0, message.find('\n')))) {
    ARROW_RETURN_NOT_OK(VerifyAgainstManifest(output, *manifest, &findings));
  }
  return report;
}

Result<VerifyReport> VerifyWritten(const std::string& written, const std::string& output_path,
                                   const std::string& manifest_json, const arrow::StopToken& stop) {
  ARROW_ASSIGN_OR_RAISE(const FileFacts facts, StatFile(written));
  ARROW_ASSIGN_OR_RAISE(const Manifest manifest, ParseManifest(manifest_json, ManifestPath(output_path)));
  const OutputPlace output{written, output_path, facts.is_directory};
  VerifyReport report;
  VerifyFindings findings(&report, stop);
  ARROW_RETURN_NOT_OK(VerifyAgainstManifest(output, manifest, &findings));
  if (!report.ok) return report;                  // a file may be missing
  report.rows = report.files = report.bytes = 0;  // counted again
  ARROW_RETURN_NOT_OK(VerifyOwnFiles(output, manifest, &findings));
  findings.Check("totals", report.rows == manifest.rows_written, output_path, "its files hold ", report.rows,
                 " rows, and rows_written is ", manifest.rows_written);
  return report;
}

std::string VerifyToJson(const VerifyReport& report) {
  JsonWriter json;
  json.BeginObject();
  json.Key("format").Int(1);
  json.Key("ok").Bool(report.ok);
  json.Key("rows").Int(report.rows);
  json.Key("files").Int(report.files);
  json.Key("bytes").Int(report.bytes);
  json.Key("had_manifest").Bool(report.had_manifest);
  json.Key("checks").BeginArray();
  for (const VerifyCheck& check : report.checks) {
    json.BeginObject();
    json.Key("name").String(check.name);
    json.Key("checked").Int(check.checked);
    json.Key("failed").Int(check.failed);
    json.EndObject();
  }
  json.EndArray();
  json.Key("problems").BeginArray();
  for (const std::string& problem : report.problems) json.String(problem);
  json.EndArray();
  json.Key("problems_left_out").Int(report.problems_left_out);
  json.EndObject();
  return std::move(json).Finish();
}

}  // namespace v0
}  // namespace headrace
