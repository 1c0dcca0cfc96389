// The report of a run as JSON, in an order for people: figures first, then files, knobs and outputs.
#include <string>
#include <string_view>

#include "headrace/report.h"
#include "job/discover.h"
#include "job/drift.h"
#include "ledger/json_writer.h"

namespace headrace {
inline namespace v0 {
namespace {

void WriteBent(const Bent& bent, JsonWriter* json) {
  json->Key("records_padded").Int(bent.padded);
  json->Key("records_truncated").Int(bent.truncated);
  json->Key("records_collected").Int(bent.collected);
  json->Key("records_lenient").Int(bent.lenient);
}

void WriteFigures(const Report& report, JsonWriter* json) {
  json->Key("rows_read").Int(report.rows_read);
  json->Key("rows_written").Int(report.rows_written);
  json->Key("rows_rejected").Int(report.rows_rejected);
  json->Key("rows_skipped").Int(report.rows_skipped);
  json->Key("values_nulled").Int(report.values_nulled);
  WriteBent(report.bent, json);
  json->Key("bytes_read").Int(report.bytes_read);
  json->Key("seconds").Seconds(report.seconds);
  json->Key("peak_memory_bytes").Int(report.peak_memory_bytes);
  json->Key("units").Int(report.units);
  json->Key("units_redone").Int(report.units_redone);
  json->Key("units_given_up").Int(report.units_given_up);
  json->Key("max_units_in_flight").Int(report.max_units_in_flight);
}

void WriteFiles(const Report& report, JsonWriter* json) {
  json->Key("files").BeginArray();
  for (const FileReport& file : report.files) {
    json->BeginObject();
    json->Key("path").String(file.path);
    json->Key("bytes").Int(file.bytes);
    json->Key("rows").Int(file.rows);
    json->Key("rejected").Int(file.rejected);
    WriteBent(file.bent, json);
    json->Key("seconds").Seconds(file.seconds);
    json->Key("complete").Bool(file.complete);
    json->EndObject();
  }
  json->EndArray();
}

void WriteConfig(const Report& report, JsonWriter* json) {
  json->Key("config").BeginArray();
  for (const KnobReport& knob : report.config) {
    json->BeginObject();
    json->Key("name").String(knob.name);
    json->Key("value").String(knob.value);
    json->Key("origin").String(knob.origin);
    json->Key("reason").String(knob.reason);
    json->EndObject();
  }
  json->EndArray();
}

void WriteOutputs(const Report& report, JsonWriter* json) {
  json->Key("outputs").BeginArray();
  for (const OutputReport& output : report.outputs) {
    json->BeginObject();
    json->Key("path").String(output.path);
    json->Key("rows").Int(output.rows);
    json->Key("bytes").Int(output.bytes);
    json->Key("checksum").String(output.checksum);
    json->EndObject();
  }
  json->EndArray();
}

// JSON has no token for inf and nan; they are strings also where numbers are numbers.
void WriteStatistic(std::string_view key, bool has_value, const std::string& text, bool quoted, JsonWriter* json) {
  json->Key(key);
  if (!has_value) {
    json->Null();
  } else if (!quoted && (IsJsonNumber(text) || text == "true" || text == "false")) {
    json->Raw(text);
  } else {
    json->String(text);
  }
}

void WriteColumns(const Report& report, JsonWriter* json) {
  json->Key("columns").BeginArray();
  for (const ColumnReport& column : report.columns) {
    json->BeginObject();
    json->Key("name").String(column.name);
    json->Key("type").String(column.type);
    json->Key("count").Int(column.count);
    json->Key("nulls").Int(column.nulls);
    WriteStatistic("min", column.has_extremes, column.min, column.extremes_quoted, json);
    WriteStatistic("max", column.has_extremes, column.max, column.extremes_quoted, json);
    WriteStatistic("sum", column.has_sum, column.sum, column.sum_quoted, json);
    json->EndObject();
  }
  json->EndArray();
}

void WriteDecisions(const Report& report, JsonWriter* json) {
  json->Key("decisions").BeginArray();
  for (const Decision& decision : report.decisions) {
    json->BeginObject();
    json->Key("t").Seconds(decision.t);
    json->Key("knob").String(decision.knob);
    json->Key("from").String(decision.from);
    json->Key("to").String(decision.to);
    json->Key("evidence").String(decision.evidence);
    json->EndObject();
  }
  json->EndArray();
}

void WriteKnown(std::string_view key, const std::optional<double>& value, JsonWriter* json) {
  json->Key(key);
  value ? json->Seconds(*value) : json->Null();
}

void WriteVerdict(const std::optional<Verdict>& verdict, JsonWriter* json) {
  json->Key("verdict");
  if (!verdict) {
    json->Null();
    return;
  }
  json->BeginObject();
  json->Key("class").String(VerdictClassName(verdict->verdict));
  json->Key("sub_reason");
  verdict->sub_reason.empty() ? json->Null() : json->String(verdict->sub_reason);
  json->Key("evidence").String(verdict->evidence);
  json->Key("confidence").Seconds(verdict->confidence);
  WriteKnown("predicted_gain", verdict->predicted_gain, json);
  json->Key("guide").String(verdict->guide);
  json->EndObject();
}

void WriteSamples(const std::optional<SamplesReport>& samples, JsonWriter* json) {
  json->Key("samples");
  if (!samples) {
    json->Null();
    return;
  }
  const auto whole = [](const std::optional<int64_t>& value) {
    return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
  };
  json->BeginObject();
  json->Key("count").Int(samples->samples);
  json->Key("interval").Seconds(samples->interval);
  WriteKnown("cpu_percent", samples->cpu_percent, json);
  WriteKnown("max_cpu_percent", samples->max_cpu_percent, json);
  WriteKnown("memory_percent", samples->memory_percent, json);
  WriteKnown("max_memory_percent", samples->max_memory_percent, json);
  WriteKnown("io_wait_percent", samples->io_wait_percent, json);
  WriteKnown("max_io_wait_percent", samples->max_io_wait_percent, json);
  WriteKnown("peak_rss_bytes", whole(samples->levels.peak_rss_bytes), json);
  json->Key("input_bytes").Int(samples->totals.input_bytes);
  json->Key("output_bytes").Int(samples->totals.output_bytes);
  WriteKnown("io_read_bytes", whole(samples->totals.io_read_bytes), json);
  WriteKnown("io_write_bytes", whole(samples->totals.io_write_bytes), json);
  WriteKnown("cpu_seconds", samples->totals.cpu_seconds, json);
  WriteKnown("throttled_seconds", samples->totals.throttled_seconds, json);
  json->Key("max_units_waiting").Int(samples->max_units_waiting);
  json->Key("max_waiting_bytes").Int(samples->max_waiting_bytes);
  json->Key("stage_seconds").BeginObject();
  for (size_t i = 0; i < kNumStages; i++) {
    json->Key(StageName(static_cast<Stage>(i))).Seconds(samples->totals.stage_seconds[i]);
  }
  json->EndObject();
  json->EndObject();
}

}  // namespace

std::string ReportToJson(const Report& report) {
  JsonWriter json;
  json.BeginObject();
  json.Key("format").Int(1);
  WriteFigures(report, &json);
  WriteFiles(report, &json);
  WriteDrift(report.drift, &json);
  json.Key("notes").BeginArray();
  for (const std::string& note : report.notes) json.String(note);
  json.EndArray();
  WriteConfig(report, &json);
  if (!report.inferred.empty()) WriteInferred(report.inferred, &json);
  WriteDecisions(report, &json);
  WriteVerdict(report.verdict, &json);
  WriteSamples(report.samples, &json);
  WriteOutputs(report, &json);
  json.Key("verified").Bool(report.verified);
  if (!report.columns.empty()) WriteColumns(report, &json);
  json.EndObject();
  return std::move(json).Finish();
}

std::string ScanToJson(const Report& report) {
  JsonWriter json;
  json.BeginObject();
  json.Key("rows").Int(report.rows_written);
  json.Key("bytes").Int(report.bytes_read);
  json.Key("seconds").Seconds(report.seconds);
  WriteColumns(report, &json);
  json.EndObject();
  return std::move(json).Finish();
}

}  // namespace v0
}  // namespace headrace
