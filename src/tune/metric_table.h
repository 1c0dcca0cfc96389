#pragma once
// The metrics, as data: the JSON lines, the Prometheus text and docs/monitoring.md have the same ones.
#include <optional>
#include <span>
#include <string_view>

#include "headrace/metrics.h"

namespace headrace {
inline namespace v0 {

struct Metric {
  std::string_view key;         ///< of the JSON line
  std::string_view prometheus;  ///< name there
  std::string_view help;
  bool is_counter = false;  ///< counts up from the beginning of the run
  std::optional<double> (*get)(const Sample& sample) = nullptr;
};

/// All metrics but the stages' seconds, in the order in which they are written.
std::span<const Metric> Metrics();

}  // namespace v0
}  // namespace headrace
