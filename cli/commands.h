#pragma once
// The commands, as data. parse.cc finds them, help.cc and manual.cc describe them, main.cc runs them.
#include <cstdint>
#include <span>
#include <string_view>

namespace headrace::cli {

struct Request;

/// Bits, so that a flag can say which commands take it.
enum CommandSet : uint32_t {
  kIngest = 1,
  kScan = 2,
  kExplain = 4,
  kVerify = 8,
  kGenMilan = 16,
  kCompletion = 32,
  kManpage = 64,
  kSniff = 128,
  kBench = 256,
  kJobs = kIngest | kScan | kExplain | kBench,  ///< those that run a job, or would
  kFinders = kJobs | kSniff,                    ///< those that take inputs
};

struct Command {
  CommandSet id;
  std::string_view name;       ///< one word or two
  std::string_view arguments;  ///< the positional ones, as the usage line shows them
  int min_arguments, max_arguments;
  std::string_view summary;  ///< one line for the list of commands
  std::string_view doc;  ///< paragraphs, separated by empty lines; lines that begin with a space are kept as they are
  std::string_view examples;
  int (*run)(Request& request);
  bool hidden = false;
};

std::span<const Command> Commands();

/// Each runs one command to its end and returns the exit code.
int RunIngest(Request& request);
int RunScan(Request& request);
int RunExplain(Request& request);
int RunSniff(Request& request);
int RunBench(Request& request);
int RunVerify(Request& request);
int RunGenMilan(Request& request);
int RunCompletion(Request& request);
int RunManpage(Request& request);

/// Exit codes, a contract with scripts.
enum ExitCode : int {
  kExitClean = 0,
  kExitRejects = 1,  ///< finished, but records were rejected or values nulled; `verify`: a mismatch
  kExitFailed = 2,   ///< failed or wrong usage; nothing was published
  kExitClosedPipe = 141,
};

}  // namespace headrace::cli
