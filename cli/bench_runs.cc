#include "cli/bench_runs.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/signals.h"
#include "os/input_file.h"

namespace headrace::cli {
namespace {

constexpr const char* kProgram = "/proc/self/exe";

std::string ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a run has told of its failure, as the message of a Status.
std::string MessageIn(std::string_view told) {
  constexpr std::string_view kPrefix = "headrace: ";
  if (told.starts_with(kPrefix)) told.remove_prefix(kPrefix.size());
  std::string message;
  for (const char c : told.substr(0, told.find_last_not_of('\n') + 1)) {
    if (c != ' ' || !(message.ends_with('\n'))) message += c;  // its further lines are indented
  }
  return message;
}

// Wait for a child, and hand on to it the signal that asks this program to stop.
Result<int> WaitFor(pid_t child) {
  constexpr timespec kPause = {0, 10'000'000};
  bool told = false;
  while (true) {
    int state = 0;
    const pid_t ended = waitpid(child, &state, WNOHANG);
    if (ended == child) return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    if (ended < 0 && errno != EINTR) return SystemError(errno, "cannot wait for", kProgram);
    if (const int signal_number = CaughtSignal(); signal_number != 0 && !told) {
      kill(child, signal_number);
      told = true;
    }
    nanosleep(&kPause, nullptr);
  }
}

// Run this program, its messages into a file; return its exit code.
Result<int> Spawn(std::vector<std::string> words, const std::string& messages) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t child = -1;
  const int error = posix_spawn(&child, kProgram, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return SystemError(error, "cannot run", kProgram);
  return WaitFor(child);
}

}  // namespace

Result<ScanRunner> ScanRunner::Make() {
  std::error_code error;
  std::string folder = std::filesystem::temp_directory_path(error).string() + "/headrace-bench-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return SystemError(errno, "cannot make a folder for reports", folder);
  return ScanRunner(folder);
}

ScanRunner::~ScanRunner() {
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

Result<ScanFigures> ScanRunner::Run(const std::vector<std::string>& words) const {
  std::vector<std::string> line = {"headrace", "scan", "-q", "--report", PathOf("report.json")};
  line.insert(line.end(), words.begin(), words.end());
  ARROW_ASSIGN_OR_RAISE(const int code, Spawn(std::move(line), PathOf("messages")));
  if (CaughtSignal() != 0 || code == 128 + SIGINT || code == 128 + SIGTERM) return Status::Cancelled("interrupted");
  if (code > 1) {
    return Status::Invalid("`headrace scan` failed: ", MessageIn(ReadText(PathOf("messages"))));
  }
  const auto report = nlohmann::json::parse(ReadText(PathOf("report.json")), nullptr, /*allow_exceptions=*/false);
  if (!report.is_object()) return Status::IOError("the report of `headrace scan` cannot be read");
  return ScanFigures{report["seconds"], report["rows_read"], report["bytes_read"], report["peak_memory_bytes"]};
}

std::vector<std::string> WithoutFlags(const std::vector<std::string>& words, const std::vector<std::string>& flags,
                                      bool has_value) {
  std::vector<std::string> kept;
  for (size_t i = 0; i < words.size(); i++) {
    if (words[i] == "--") {
      kept.insert(kept.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    const std::string name = words[i].substr(0, words[i].find('='));
    if (std::find(flags.begin(), flags.end(), name) == flags.end()) {
      kept.push_back(words[i]);
    } else if (has_value && name == words[i]) {
      i++;
    }
  }
  return kept;
}

ScanFigures MedianOf(std::vector<ScanFigures> runs) {
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.seconds < b.seconds; });
  ScanFigures median = runs[runs.size() / 2];
  for (const ScanFigures& run : runs) {
    median.peak_memory_bytes = std::max(median.peak_memory_bytes, run.peak_memory_bytes);
  }
  return median;
}

}  // namespace headrace::cli
