// Samples as JSON lines and as Prometheus text.
#include <charconv>
#include <cmath>
#include <string>

#include "ledger/json_writer.h"
#include "tune/metric_table.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr size_t kOneLine = 0;  // depth down to which items stand on lines of their own

std::string Number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  const bool is_whole = std::abs(value) < 0x1p53 && value == std::floor(value);
  const auto end = is_whole ? std::to_chars(text, text + sizeof text, static_cast<int64_t>(value)).ptr
                            : std::to_chars(text, text + sizeof text, std::round(value * 1e6) / 1e6).ptr;
  return std::string(text, end);
}

std::string WithoutLineEnd(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void WriteOptional(std::string_view key, const std::optional<double>& value, JsonWriter* json) {
  json->Key(key).Raw(value ? Number(*value) : "null");
}

void WriteVerdictLine(const Verdict& verdict, JsonWriter* json) {
  json->Key("verdict").BeginObject();
  json->Key("class").String(VerdictClassName(verdict.verdict));
  json->Key("sub_reason");
  verdict.sub_reason.empty() ? json->Null() : json->String(verdict.sub_reason);
  json->Key("evidence").String(verdict.evidence);
  json->Key("confidence").Raw(Number(verdict.confidence));
  WriteOptional("predicted_gain", verdict.predicted_gain, json);
  json->Key("guide").String(verdict.guide);
  json->EndObject();
}

void AppendHead(std::string_view name, std::string_view help, bool is_counter, std::string* text) {
  *text += "# HELP " + std::string(name) + " " + std::string(help) + "\n";
  *text += "# TYPE " + std::string(name) + (is_counter ? " counter\n" : " gauge\n");
}

// Prometheus has ratios where JSON has percents.
double PrometheusValue(const Metric& metric, double value) {
  return metric.key.ends_with("_percent") ? value / 100 : value;
}

}  // namespace

std::string SampleToJson(const Sample& sample) {
  JsonWriter json(kOneLine);
  json.BeginObject();
  json.Key("kind").String("sample");
  json.Key("timestamp").Raw(Number(sample.timestamp));
  json.Key("t").Raw(Number(sample.seconds));
  json.Key("interval").Raw(Number(sample.interval));
  json.Key("last").Bool(sample.is_last);
  for (const Metric& metric : Metrics()) WriteOptional(metric.key, metric.get(sample), &json);
  json.Key("stage_seconds").BeginObject();
  for (size_t i = 0; i < kNumStages; i++) {
    json.Key(StageName(static_cast<Stage>(i))).Raw(Number(sample.totals.stage_seconds[i]));
  }
  json.EndObject();
  WriteVerdictLine(sample.verdict, &json);
  json.EndObject();
  return WithoutLineEnd(std::move(json).Finish());
}

std::string DecisionToJson(const Decision& decision) {
  JsonWriter json(kOneLine);
  json.BeginObject();
  json.Key("kind").String("decision");
  json.Key("t").Raw(Number(decision.t));
  json.Key("knob").String(decision.knob);
  json.Key("from").String(decision.from);
  json.Key("to").String(decision.to);
  json.Key("evidence").String(decision.evidence);
  json.EndObject();
  return WithoutLineEnd(std::move(json).Finish());
}

std::string SampleToPrometheus(const Sample& sample) {
  std::string text;
  for (const Metric& metric : Metrics()) {
    const auto value = metric.get(sample);
    if (!value) continue;
    AppendHead(metric.prometheus, metric.help, metric.is_counter, &text);
    text += std::string(metric.prometheus) + " " + Number(PrometheusValue(metric, *value)) + "\n";
  }
  AppendHead("headrace_run_seconds_total", "Time since the run began.", true, &text);
  text += "headrace_run_seconds_total " + Number(sample.seconds) + "\n";
  AppendHead("headrace_stage_seconds_total", "Time of all workers, by what they do.", true, &text);
  for (size_t i = 0; i < kNumStages; i++) {
    text += "headrace_stage_seconds_total{stage=\"" + std::string(StageName(static_cast<Stage>(i))) + "\"} " +
            Number(sample.totals.stage_seconds[i]) + "\n";
  }
  AppendHead("headrace_verdict", "1 for what holds the run back, 0 for the others.", false, &text);
  for (const VerdictClass verdict :
       {VerdictClass::kBalanced, VerdictClass::kCpuBound, VerdictClass::kMemoryBound, VerdictClass::kIoBound}) {
    text += "headrace_verdict{class=\"" + std::string(VerdictClassName(verdict)) + "\"} " +
            (sample.verdict.verdict == verdict ? "1" : "0") + "\n";
  }
  return text;
}

}  // namespace v0
}  // namespace headrace
