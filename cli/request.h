#pragma once
// One command line, understood: which command, which job, what to tell. Filled by parse.cc from the flag table.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gen/milan.h"
#include "headrace/ingest.h"

namespace headrace::cli {

struct Command;

/// When the progress line is drawn.
enum class ProgressMode : uint8_t { kAuto, kAlways, kNever };

/// What is told, and where.
struct Telling {
  std::string report_path;
  std::string metrics_path;     ///< --metrics
  std::string metrics_listen;   ///< --metrics-listen
  double metrics_interval = 1;  ///< seconds
  ProgressMode progress = ProgressMode::kAuto;
  bool quiet = false;
  bool verbose = false;
  bool json = false;
};

struct Request {
  const Command* command = nullptr;
  std::vector<std::string> arguments;  ///< the positional ones; inputs of a job, the output of `verify`
  std::string output;                  ///< -o, as written
  Job job;
  std::vector<std::string> places;  ///< where each of the job's inputs was named: "LIST, line 3", or nothing
  Telling telling;
  gen::MilanOptions sample;                 ///< for `gen milan`
  std::vector<std::string> words;           ///< the command line behind the command, as written
  std::string topology_path;                ///< --topology
  bool levels = false;                      ///< --levels, for `bench`
  int64_t rounds = 3;                       ///< --rounds, for `bench`
  std::string chunk_name;                   ///< --chunk, where its size depends on other flags
  std::set<std::string_view> given;         ///< names of the flags that the user set
  std::string schema_path;                  ///< --schema
  std::string lock_path;                    ///< --lock
  bool locked = false;                      ///< and the file is there: it declares dialect and columns
  std::vector<std::string> schema_dialect;  ///< keys that the schema file's [dialect] sets
  bool help = false;

  bool Given(std::string_view flag) const { return given.contains(flag); }
};

}  // namespace headrace::cli
