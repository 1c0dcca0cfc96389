#include "tune/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tune/metric_table.h"
#include "tune/samples.h"

namespace headrace {
inline namespace v0 {
namespace {

using nlohmann::json;

double seconds = 0;  // of the clocks below
int64_t Nanoseconds() { return static_cast<int64_t>(seconds * 1e9); }

SamplerOptions Options() {
  SamplerOptions options;
  options.root = {"/no/such/root"};
  options.now = [] { return seconds; };
  options.wall_time = [] { return 1'700'000'000 + seconds; };
  options.cpu_seconds = [] { return 100 + seconds / 2; };
  return options;
}

TEST(Sampler, GivesTotalsSinceItBeganAndChangesSinceTheLastSample) {
  seconds = 50;
  Gauges gauges(1, Nanoseconds);
  std::vector<Sample> samples;
  Sampler sampler(&gauges, Options(), [&](const Sample& sample) { samples.push_back(sample); });
  gauges.worker(0)->Start();
  gauges.worker(0)->Enter(Stage::kDecoding);
  gauges.worker(0)->AddText(10);
  seconds = 51;
  sampler.Take();
  gauges.worker(0)->AddText(5);
  gauges.SetCommitted({.rows_read = 7});
  seconds = 51.5;
  sampler.Take();
  seconds = 52;
  sampler.Finish();
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_DOUBLE_EQ(samples[0].seconds, 1);
  EXPECT_DOUBLE_EQ(samples[0].interval, 1);
  EXPECT_DOUBLE_EQ(samples[0].timestamp, 1'700'000'051);
  EXPECT_DOUBLE_EQ(samples[0].totals.cpu_seconds.value(), 0.5);
  EXPECT_DOUBLE_EQ(samples[1].interval, 0.5);
  EXPECT_EQ(samples[1].totals.text_bytes, 15);
  EXPECT_EQ(samples[1].change.text_bytes, 5);
  EXPECT_EQ(samples[1].change.rows_read, 7);
  EXPECT_DOUBLE_EQ(samples[1].change.cpu_seconds.value(), 0.25);
  EXPECT_DOUBLE_EQ(samples[1].change.stage_seconds[static_cast<size_t>(Stage::kDecoding)], 0.5);
  EXPECT_EQ(samples[1].change.throttled_seconds, std::nullopt);
  EXPECT_FALSE(samples[1].is_last);
  EXPECT_TRUE(samples[2].is_last);
  EXPECT_EQ(samples[2].totals.rows_read, 7);
}

TEST(Sampler, LooksByItselfAtItsInterval) {
  Gauges gauges(1);
  std::atomic<int> taken = 0;
  SamplerOptions options;
  options.interval = 0.01;
  Sampler sampler(&gauges, options, [&](const Sample&) { taken++; });
  sampler.Start();
  for (int i = 0; i < 1000 && taken < 3; i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_GE(taken, 3);
  sampler.Finish();
  const int at_end = taken;
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  EXPECT_EQ(taken, at_end) << "nothing comes behind the last sample";
}

TEST(Samples, AddUpToTheReport) {
  SamplesReport report;
  Sample sample;
  sample.interval = 1;
  sample.levels.allotted_cpus = 2;
  for (const double cpu : {0.5, 1.5, 1.0}) {
    sample.change.cpu_seconds = cpu;
    sample.levels.units_waiting = static_cast<int64_t>(10 * cpu);
    AddSample(sample, &report);
  }
  EXPECT_EQ(report.samples, 3);
  EXPECT_DOUBLE_EQ(report.max_cpu_percent.value(), 75);
  EXPECT_EQ(report.max_units_waiting, 15);
  EXPECT_EQ(report.max_memory_percent, std::nullopt);
}

Sample Example() {
  Sample sample;
  sample.seconds = 2.5;
  sample.interval = 0.5;
  sample.timestamp = 1'700'000'000.25;
  sample.is_last = true;
  sample.totals.text_bytes = int64_t{1} << 40;
  sample.totals.rows_read = 3;
  sample.totals.cpu_seconds = 1.25;
  sample.totals.stage_seconds[0] = 0.125;
  sample.change.cpu_seconds = 0.5;
  sample.levels.allotted_cpus = 2;
  sample.verdict.verdict = VerdictClass::kIoBound;
  sample.verdict.sub_reason = "source";
  sample.verdict.evidence = "a \"reason\"";
  sample.verdict.confidence = 0.75;
  sample.verdict.guide = "BALANCED";
  return sample;
}

TEST(MetricsText, AJsonLineHasEveryMetricAndNullForWhatIsNotKnown) {
  const std::string line = SampleToJson(Example());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const json object = json::parse(line);
  EXPECT_EQ(object["kind"], "sample");
  EXPECT_EQ(object["t"], 2.5);
  EXPECT_EQ(object["timestamp"], 1'700'000'000.25);
  EXPECT_EQ(object["last"], true);
  EXPECT_EQ(object["text_bytes"], int64_t{1} << 40);
  EXPECT_EQ(object["cpu_percent"], 50);
  EXPECT_EQ(object["stage_seconds"]["reading"], 0.125);
  EXPECT_EQ(object["stage_seconds"].size(), kNumStages);
  EXPECT_TRUE(object["io_wait_percent"].is_null());
  EXPECT_TRUE(object["throttled_seconds"].is_null());
  EXPECT_EQ(object["verdict"]["class"], "IO_BOUND");
  EXPECT_EQ(object["verdict"]["sub_reason"], "source");
  EXPECT_TRUE(object["verdict"]["predicted_gain"].is_null());
  for (const Metric& metric : Metrics()) EXPECT_TRUE(object.contains(metric.key)) << metric.key;
}

TEST(MetricsText, PrometheusHasRatiosAndLeavesOutWhatIsNotKnown) {
  const std::string text = SampleToPrometheus(Example());
  EXPECT_THAT(text, testing::HasSubstr("# HELP headrace_rows_read_total Records of committed units.\n"
                                       "# TYPE headrace_rows_read_total counter\nheadrace_rows_read_total 3\n"));
  EXPECT_THAT(text, testing::HasSubstr("# TYPE headrace_cpu_ratio gauge\nheadrace_cpu_ratio 0.5\n"));
  EXPECT_THAT(text, testing::HasSubstr("headrace_stage_seconds_total{stage=\"reading\"} 0.125\n"));
  EXPECT_THAT(text, testing::HasSubstr("headrace_verdict{class=\"IO_BOUND\"} 1\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("throttled")));
}

TEST(MetricsText, NamesFollowTheConventions) {
  std::set<std::string_view> keys, names;
  for (const Metric& metric : Metrics()) {
    EXPECT_TRUE(keys.insert(metric.key).second) << metric.key;
    EXPECT_TRUE(names.insert(metric.prometheus).second) << metric.prometheus;
    EXPECT_EQ(metric.prometheus.ends_with("_total"), metric.is_counter) << metric.prometheus;
    EXPECT_TRUE(metric.prometheus.starts_with("headrace_")) << metric.prometheus;
    EXPECT_EQ(metric.prometheus.find("percent"), std::string_view::npos) << "ratios: " << metric.prometheus;
    EXPECT_TRUE(metric.help.ends_with('.')) << metric.key;
  }
}

TEST(MetricsText, ADecisionIsALine) {
  const json object = json::parse(DecisionToJson({1.5, "workers", "2", "1", "gave nothing"}));
  EXPECT_EQ(object, json::parse(R"({"kind": "decision", "t": 1.5, "knob": "workers", "from": "2", "to": "1",
                                    "evidence": "gave nothing"})"));
}

}  // namespace
}  // namespace v0
}  // namespace headrace
