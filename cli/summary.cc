#include "cli/summary.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "cli/text.h"

namespace headrace::cli {
namespace {

constexpr size_t kFoundBytes = 300;
constexpr size_t kRawBytes = 60;
constexpr size_t kValueBytes = 32;
constexpr size_t kPathBytes = 1000;

// One thing told: a label in a column, then its text.
std::string Line(std::string_view label, const std::string& text) {
  std::string line(label);
  line.resize(std::max<size_t>(10, line.size() + 1), ' ');
  return line + text + "\n";
}

std::string ReadLine(const Report& report) {
  const double seconds = std::max(report.seconds, 1e-9);
  return HumanBytes(static_cast<double>(report.bytes_read)) + " of text from " +
         Plural(static_cast<int64_t>(report.files.size()), "file") + " in " + HumanSeconds(report.seconds) + ": " +
         HumanBytes(static_cast<double>(report.bytes_read) / seconds) + "/s, " +
         Scaled(static_cast<double>(report.rows_read) / seconds) + " rows/s";
}

std::string RowsLine(const Report& report, bool writes) {
  return Grouped(report.rows_read) + " read = " + Grouped(report.rows_written) + (writes ? " written + " : " kept + ") +
         Grouped(report.rows_rejected) + " rejected + " + Grouped(report.rows_skipped) + " skipped";
}

std::string OutputLines(const Report& report, const Request& request) {
  std::string text;
  int64_t bytes = 0;
  for (const OutputReport& output : report.outputs) bytes += output.bytes;
  if (report.outputs.size() == 1) {
    const OutputReport& output = report.outputs.front();
    text += Line("wrote", Visible(output.path, kPathBytes) + ", " + HumanBytes(static_cast<double>(output.bytes)));
  } else if (!report.outputs.empty()) {
    text += Line("wrote", Visible(request.output, kPathBytes) + ", " +
                              Plural(static_cast<int64_t>(report.outputs.size()), "file") + ", " +
                              HumanBytes(static_cast<double>(bytes)));
  }
  if (report.verified) text += Line("verified", "read again, page by page, before it was published");
  if (!request.telling.verbose || report.outputs.size() <= 1) return text;
  for (const OutputReport& output : report.outputs) {
    text += Line("", Visible(output.path, kPathBytes) + ", " + Plural(output.rows, "row") + ", " +
                         HumanBytes(static_cast<double>(output.bytes)));
  }
  return text;
}

std::string RejectPlace(const Reject& reject, const Report& report, const Request& request) {
  const auto file = static_cast<size_t>(reject.file);
  const auto& declared = request.job.options.schema.columns;
  std::string text = file < report.files.size() ? ShownInput(report.files[file].path) : "?";
  text += ":" + std::to_string(reject.line) + ": " + std::string(RejectKindName(reject.kind));
  const auto column = static_cast<size_t>(reject.column);
  if (reject.column >= 0 && column < std::max(declared.size(), report.inferred.size())) {
    text += " " + Visible(declared.empty() ? report.inferred[column].column : declared[column].name, kValueBytes);
  }
  return text + ": " + Visible(reject.raw, kRawBytes);
}

// Where the first rejects lie, and where to find the others.
std::string RejectLines(const Report& report, const Request& request) {
  if (report.first_rejects.empty()) return "";
  const std::string& path = request.job.options.rejects_path;
  std::string text;
  for (const Reject& reject : report.first_rejects) text += "  " + RejectPlace(reject, report, request) + "\n";
  if (!path.empty()) return text + Line("rejects", Visible(path, kPathBytes) + " lists them all");
  const bool more = report.rows_rejected + report.values_nulled > static_cast<int64_t>(report.first_rejects.size());
  return more ? text + Line("rejects", "--rejects FILE lists them all") : text;
}

std::string FileLines(const Report& report) {
  std::vector<std::vector<std::string>> rows = {{"file", "bytes", "rows", "rejected", "seconds"}};
  for (const FileReport& file : report.files) {
    rows.push_back({ShownInput(file.path), Grouped(file.bytes), Grouped(file.rows), Grouped(file.rejected),
                    HumanSeconds(file.seconds)});
  }
  return AlignedTable(rows, "lrrrr");
}

// What was found of the columns, and where a value that came late forced a wider type.
std::string FoundLines(const Report& report, const Request& request) {
  if (report.inferred.empty()) return "";
  std::string names;
  for (const InferredReport& column : report.inferred) {
    names += (names.empty() ? "" : ", ") + Visible(column.column, kValueBytes) + ":" + column.type;
  }
  std::string text = Line("found", Visible(names, kFoundBytes));
  for (const InferredReport& column : report.inferred) {
    if (const std::string kept = KeptAsText(column); !kept.empty()) {
      text += Line("kept", Visible(column.column, kValueBytes) + ": " + Visible(kept, kFoundBytes));
    }
  }
  for (const InferredReport& column : report.inferred) {
    if (column.forced_path.empty() || !(column.broke_promise || request.telling.verbose)) continue;
    text += Line("widened", Visible(column.column, kValueBytes) + " to " + column.type + ": " +
                                Visible(column.reason, kFoundBytes));
    text += "  " + ShownInput(column.forced_path) + ":" + std::to_string(column.forced_line) + ", record " +
            std::to_string(column.forced_record) + ", did not fit\n";
  }
  return text;
}

// The records that break a rule and were read all the same.
std::string BentLine(const Bent& bent) {
  const std::pair<int64_t, const char*> parts[] = {{bent.padded, " padded"},
                                                   {bent.truncated, " truncated"},
                                                   {bent.collected, " with the rest collected"},
                                                   {bent.lenient, " with non-standard quoting"}};
  std::string text;
  for (const auto& [count, what] : parts) {
    if (count > 0) text += (text.empty() ? "" : ", ") + Grouped(count) + what;
  }
  return text.empty() ? text : Line("bent", "records read against the rules: " + text);
}

std::string VerdictLines(const Verdict& verdict) {
  std::string text(VerdictClassName(verdict.verdict));
  if (!verdict.sub_reason.empty()) text += " (" + verdict.sub_reason + ")";
  text += ", " + std::to_string(std::lround(100 * verdict.confidence)) + " % sure: " + verdict.evidence;
  if (verdict.predicted_gain && *verdict.predicted_gain > 1) {
    char gain[32];
    std::snprintf(gain, sizeof gain, "%.2f", *verdict.predicted_gain);
    text += "; without it, about " + std::string(gain) + " times as fast";
  }
  return Line("verdict", text) + Line("", "by the thresholds 90 / 85 / 50 alone: " + verdict.guide);
}

}  // namespace

std::string DriftLine(const Drift& drift) {
  const auto list = [](std::string_view label, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
      text += (text.empty() ? std::string(label) : ", ") + Visible(name, kValueBytes);
    return text.empty() ? text : "; " + text;
  };
  std::string differences = list("missing ", drift.missing) + list("extra ", drift.extra);
  if (drift.reordered) differences += "; other order";
  return "drift: " + ShownInput(drift.path) + ": " + differences.substr(2) + "\n";
}

std::string SummaryText(const Report& report, const Request& request) {
  const bool writes = request.job.options.output_kind != OutputKind::kNone;
  std::string text =
      FoundLines(report, request) + Line("read", ReadLine(report)) + Line("rows", RowsLine(report, writes));
  if (report.values_nulled > 0) text += Line("nulled", Plural(report.values_nulled, "bad value"));
  text += BentLine(report.bent);
  if (writes) text += OutputLines(report, request);
  text += RejectLines(report, request);
  if (!request.telling.verbose) return text;
  if (report.verdict) text += VerdictLines(*report.verdict);
  return text + "\n" + FileLines(report) + "\n" + KnobTable(report.config);
}

std::string ScanTable(const Report& report) {
  std::vector<std::vector<std::string>> rows = {{"column", "type", "count", "nulls", "min", "max", "sum"}};
  for (const ColumnReport& column : report.columns) {
    const auto shown = [](bool has, const std::string& value) { return has ? Visible(value, kValueBytes) : "-"; };
    rows.push_back({Visible(column.name, kValueBytes), column.type, Grouped(column.count), Grouped(column.nulls),
                    shown(column.has_extremes, column.min), shown(column.has_extremes, column.max),
                    shown(column.has_sum, column.sum)});
  }
  return AlignedTable(rows, "llrrrrr");
}

std::string InferredTable(const std::vector<InferredReport>& columns) {
  std::vector<std::vector<std::string>> rows = {{"column", "type", "reason"}};
  for (const InferredReport& column : columns) {
    rows.push_back({Visible(column.column, kValueBytes), column.type, Visible(column.reason, kFoundBytes)});
  }
  return AlignedTable(rows, "");
}

std::string KnobTable(const std::vector<KnobReport>& knobs) {
  std::vector<std::vector<std::string>> rows = {{"knob", "value", "origin", "reason"}};
  for (const KnobReport& knob : knobs) rows.push_back({knob.name, knob.value, knob.origin, knob.reason});
  return AlignedTable(rows, "");
}

}  // namespace headrace::cli
