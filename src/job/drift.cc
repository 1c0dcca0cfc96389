#include "job/drift.h"

#include <functional>
#include <set>
#include <string>

#include "plan/file_dialect.h"

namespace headrace {
inline namespace v0 {
namespace {

// Read the prologue of a file by itself, so that ten thousand files are not open at once.
Status WithPrologue(const JobState& job, const Reading& reading, Input* input,
                    const std::function<void(const Prologue&)>& use) {
  if (!input->facts().facts.is_regular) {
    ARROW_RETURN_NOT_OK(input->Prepare());
    use(input->prologue());
    return Status::OK();
  }
  Input probe(input->facts(), reading, /*threads=*/1, job.pool, [&job] { return job.PollStop(); });
  ARROW_RETURN_NOT_OK(probe.Prepare());
  use(probe.prologue());
  return Status::OK();
}

std::vector<std::string> Without(const std::vector<std::string>& names, const std::vector<std::string>& others) {
  const std::set<std::string> known(others.begin(), others.end());
  std::vector<std::string> left;
  for (const std::string& name : names) {
    if (!known.contains(name)) left.push_back(name);
  }
  return left;
}

}  // namespace

Result<DriftResult> FindDrift(const JobState& job) {
  DriftResult result;
  const Options& options = job.options;
  std::vector<std::string> declared, first;
  for (const Column& column : options.schema.columns) {
    if (column.source == ColumnSource::kField) declared.push_back(column.name);
  }
  bool any = false;
  for (const auto& input : job.inputs) {
    ARROW_RETURN_NOT_OK(job.PollStop());
    if (!input->reading().options.dialect.header) continue;
    Reading lenient{input->reading().options, input->reading().dialect, input->reading().terminator, {}, {}};
    lenient.options.missing_columns = MissingColumns::kNull;  // to see every file before one of them is refused
    lenient.options.extra_columns = ExtraColumns::kIgnore;
    std::vector<std::string> names;
    ARROW_RETURN_NOT_OK(
        WithPrologue(job, lenient, input.get(), [&](const Prologue& prologue) { names = prologue.names; }));
    if (names.empty()) continue;  // an empty file has no header
    if (!any) first = names;
    any = true;
    Drift found;
    found.path = input->path();
    found.missing = Without(first, names);
    for (std::string& name : Without(Without(declared, names), first)) found.missing.push_back(std::move(name));
    found.extra = Without(names, first);
    found.reordered = Without(names, found.extra) != Without(first, found.missing);
    if (!found.missing.empty() || !found.extra.empty() || found.reordered) result.drift.push_back(std::move(found));
    const bool lacks = options.missing_columns == MissingColumns::kError && !Without(declared, names).empty();
    const bool exceeds = options.extra_columns == ExtraColumns::kError && !Without(names, declared).empty();
    if ((lacks || exceeds) && result.refusal.ok()) {
      result.refusal = WithPrologue(job, input->reading(), input.get(), [](const Prologue&) {});
    }
  }
  return result;
}

Result<std::vector<Drift>> TellDrift(const JobState& job, const RunContext& context) {
  ARROW_ASSIGN_OR_RAISE(DriftResult found, FindDrift(job));
  for (const Drift& drift : found.drift) {
    if (context.drift) context.drift(drift);
  }
  ARROW_RETURN_NOT_OK(found.refusal);
  return std::move(found.drift);
}

std::vector<std::string> TellUnusedPatterns(const JobState& job, const RunContext& context) {
  const std::vector<FileDialect>& dialects = job.options.file_dialects;
  std::vector<bool> used(dialects.size() + 1);
  for (const auto& input : job.inputs)
    used[FileDialectOf(job.options, input->path(), input->facts().member_at())] = true;
  std::vector<std::string> notes;
  for (size_t i = 0; i < dialects.size(); i++) {
    if (used[i]) continue;
    notes.push_back("[[file]] '" + dialects[i].match + "' is the dialect of no input");
    if (context.note) context.note(notes.back());
  }
  return notes;
}

void WriteDrift(const std::vector<Drift>& drifts, JsonWriter* json) {
  const auto write = [&](std::string_view key, const std::vector<std::string>& names) {
    json->Key(key).BeginArray();
    for (const std::string& name : names) json->String(name);
    json->EndArray();
  };
  json->Key("drift").BeginArray();
  for (const Drift& drift : drifts) {
    json->BeginObject();
    json->Key("path").String(drift.path);
    write("missing", drift.missing);
    write("extra", drift.extra);
    json->Key("reordered").Bool(drift.reordered);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace v0
}  // namespace headrace
