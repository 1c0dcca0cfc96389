// verify: re-read an output and say what does not match.
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "cli/signals.h"
#include "cli/text.h"
#include "ledger/verify.h"
#include "source/remote_uri.h"

namespace headrace::cli {
namespace {

constexpr size_t kLineBytes = 1000;

std::string Verdict(const VerifyReport& report, const std::string& path) {
  std::string text = (report.ok ? "ok        " : "MISMATCH  ") + Visible(path, kLineBytes) + ": " +
                     Plural(report.rows, "row") + ", " + Plural(report.files, "file") + ", " +
                     HumanBytes(static_cast<double>(report.bytes)) +
                     (report.had_manifest ? ", against its manifest\n" : ", without a manifest\n");
  for (const std::string& problem : report.problems) text += "  " + Visible(problem, kLineBytes) + "\n";
  if (report.problems_left_out > 0) text += "  and " + Plural(report.problems_left_out, "problem") + " more\n";
  return text;
}

std::string CheckTable(const VerifyReport& report) {
  if (report.checks.empty()) return "";
  std::vector<std::vector<std::string>> rows = {{"check", "made", "failed"}};
  for (const VerifyCheck& check : report.checks) {
    rows.push_back({check.name, Grouped(check.checked), Grouped(check.failed)});
  }
  return "\n" + AlignedTable(rows, "lrr");
}

}  // namespace

int RunVerify(Request& request) {
  const std::string& path = request.arguments.front();
  if (const Status status = RefuseRemote(path, "output"); !status.ok()) return FailUsage(status, request);
  const Result<VerifyReport> report = VerifyOutput(path, StopOnSignal());
  if (!report.ok()) return Fail(report.status());
  std::string text;
  if (request.telling.json) {
    text = VerifyToJson(*report);
  } else if (!request.telling.quiet) {
    text = Verdict(*report, path) + CheckTable(*report);
  }
  const Status status = WriteOutput(text);
  if (!status.ok()) return Fail(status);
  return report->ok ? kExitClean : kExitRejects;
}

}  // namespace headrace::cli
