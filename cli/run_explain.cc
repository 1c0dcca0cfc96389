// headrace explain: the machine and the plan; and the plan for a machine of a topology file.
#include <cmath>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/prepare.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/text.h"
#include "job/discover.h"
#include "job/drift.h"
#include "ledger/json_writer.h"

namespace headrace::cli {
namespace {

void WriteKnobs(std::string_view key, const std::vector<KnobReport>& list, JsonWriter* json) {
  json->Key(key).BeginArray();
  for (const KnobReport& knob : list) {
    json->BeginObject().Key("name").String(knob.name).Key("value").String(knob.value);
    json->Key("origin").String(knob.origin).Key("reason").String(knob.reason).EndObject();
  }
  json->EndArray();
}

std::string MachineTable(const std::vector<KnobReport>& hardware) {
  std::string text = KnobTable(hardware);
  return text.replace(0, 4, "here");  // where the other table says "knob"
}

std::string ExplanationText(const Explanation& plan) {
  std::string text = MachineTable(plan.hardware);
  if (!plan.files.empty()) {
    const std::string units =
        plan.units < 0 ? "units: known only when the streams have been read" : Plural(plan.units, "unit");
    text += "\n" + Plural(static_cast<int64_t>(plan.files.size()), "input file") + ", " +
            HumanBytes(static_cast<double>(plan.bytes)) + ", " + units + "\n";
  }
  for (const Drift& drift : plan.drift) text += DriftLine(drift);
  if (!plan.inferred.empty()) text += "\n" + InferredTable(plan.inferred);
  return plan.config.empty() ? text : text + "\n" + KnobTable(plan.config);
}

std::string ExplanationJson(const Explanation& plan) {
  JsonWriter json;
  json.BeginObject().Key("format").Int(1);
  WriteKnobs("hardware", plan.hardware, &json);
  WriteKnobs("config", plan.config, &json);
  json.Key("files").BeginArray();
  for (const std::string& file : plan.files) json.String(file);
  json.EndArray();
  WriteDrift(plan.drift, &json);
  if (!plan.inferred.empty()) WriteInferred(plan.inferred, &json);
  json.Key("bytes").Int(plan.bytes).Key("units");
  if (plan.units < 0) {
    json.Null();
  } else {
    json.Int(plan.units);
  }
  json.EndObject();
  return std::move(json).Finish();
}

std::string Decimal(double number) {
  const auto hundredths = static_cast<int64_t>(std::llround(number * 100));
  std::string text = std::to_string(hundredths / 100) + "." + std::to_string(100 + hundredths % 100).substr(1);
  return text;
}

std::string PlanText(const MachinePlan& plan) {
  std::string text = MachineTable(plan.hardware) + "\n" + KnobTable(plan.config) + "\n";
  std::vector<std::vector<std::string>> rows = {{"workers", "fast cores", "modelled", "gain", ""}};
  for (const RateReport& rate : plan.rates) {
    rows.push_back({std::to_string(rate.workers), Decimal(rate.strength), HumanBytes(rate.bytes_per_second) + "/s",
                    Decimal(rate.gain) + " x", rate.planned ? "planned" : ""});
  }
  text += AlignedTable(rows, "rrrrl");
  if (plan.placement.empty()) return text;
  rows = {{"file", "bytes", "cores"}};
  for (const FilePlacement& file : plan.placement) {
    rows.push_back({ShownInput(file.path), Grouped(file.bytes), file.cores});
  }
  return text + "\n" + AlignedTable(rows, "lrl");
}

std::string PlanJson(const MachinePlan& plan) {
  JsonWriter json;
  json.BeginObject().Key("format").Int(1);
  WriteKnobs("hardware", plan.hardware, &json);
  WriteKnobs("config", plan.config, &json);
  json.Key("rates").BeginArray();
  for (const RateReport& rate : plan.rates) {
    json.BeginObject().Key("workers").Int(rate.workers).Key("strength").Raw(Decimal(rate.strength));
    json.Key("bytes_per_second").Int(std::llround(rate.bytes_per_second)).Key("gain").Raw(Decimal(rate.gain));
    json.Key("planned").Bool(rate.planned).EndObject();
  }
  json.EndArray().Key("placement").BeginArray();
  for (const FilePlacement& file : plan.placement) {
    json.BeginObject().Key("path").String(file.path).Key("bytes").Int(file.bytes);
    json.Key("cores").String(file.cores).EndObject();
  }
  json.EndArray().EndObject();
  return std::move(json).Finish();
}

}  // namespace

int RunExplain(Request& request) {
  if (const Status status = PrepareJob(&request); !status.ok()) return FailUsage(status, request);
  RunContext context;
  context.stop = StopOnSignal();
  std::string output;
  if (request.Given("--topology")) {
    const Result<MachinePlan> plan = PlanForTopology(request.job, request.topology_path, context);
    if (!plan.ok()) return FailJob(plan.status(), request);
    output = request.telling.json ? PlanJson(*plan) : PlanText(*plan);
  } else {
    const Result<Explanation> plan = Explain(request.job, context);
    if (!plan.ok()) return FailJob(plan.status(), request);
    output = request.telling.json ? ExplanationJson(*plan) : ExplanationText(*plan);
  }
  const Status status = WriteOutput(output);
  return status.ok() ? kExitClean : Fail(status);
}

}  // namespace headrace::cli
