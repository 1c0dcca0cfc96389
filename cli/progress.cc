#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/console.h"
#include "cli/text.h"

namespace headrace::cli {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kReprint = std::chrono::seconds(1);
constexpr size_t kMinBar = 10, kMaxBar = 40;

std::string Bar(double share, size_t width) {
  const auto full = static_cast<size_t>(std::lround(share * static_cast<double>(width)));
  return "[" + std::string(full, '=') + std::string(width - full, ' ') + "] ";
}

}  // namespace

std::string ProgressText(const Snapshot& snapshot, size_t columns, const std::string& note) {
  const double seconds = std::max(snapshot.seconds, 1e-9);
  const double bytes_a_second = static_cast<double>(snapshot.bytes_read) / seconds;
  const bool known = snapshot.bytes_total > 0;
  const double share =
      known ? std::min(1.0, static_cast<double>(snapshot.bytes_read) / static_cast<double>(snapshot.bytes_total)) : 0;
  std::vector<std::string> parts;  // the last ones are dropped where the terminal is narrow
  if (known) parts.push_back(std::to_string(static_cast<int>(share * 100)) + "%");
  const bool has_rows = snapshot.rows_read > 0;
  if (has_rows) parts.push_back(Scaled(static_cast<double>(snapshot.rows_read)) + " rows");
  parts.push_back(HumanBytes(bytes_a_second) + "/s");
  if (known && snapshot.bytes_read > 0) {
    const double left = static_cast<double>(snapshot.bytes_total - snapshot.bytes_read) / bytes_a_second;
    parts.push_back("ETA " +
                    (left < 59.5 ? std::to_string(std::lround(std::max(left, 0.0))) + " s" : HumanSeconds(left)));
  }
  if (has_rows) parts.push_back(Scaled(static_cast<double>(snapshot.rows_read) / seconds) + " rows/s");
  if (snapshot.files_total > 0) {
    parts.push_back(std::to_string(snapshot.files_done) + "/" + std::to_string(snapshot.files_total) + " files");
  }
  if (!note.empty()) parts.push_back(note);
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty() && text.size() + 2 + part.size() > columns) break;
    text += (text.empty() ? "" : "  ") + part;
  }
  const size_t room = columns > text.size() + 3 ? columns - text.size() - 3 : 0;
  return known && room >= kMinBar ? Bar(share, std::min(room, kMaxBar)) + text : text;
}

Progress::Progress(const Telling& telling) {
  in_place_ = CanErase(STDERR_FILENO);
  wanted_ = !telling.quiet &&
            (telling.progress == ProgressMode::kAlways || (telling.progress == ProgressMode::kAuto && in_place_));
}

void Progress::Show(const Snapshot& snapshot) {
  std::lock_guard<std::mutex> lock(mutex_);
  Draw(snapshot);
}

void Progress::Show(const Sample& sample) {
  Snapshot snapshot;
  snapshot.rows_read = sample.totals.rows_read;
  snapshot.bytes_read = sample.totals.source_bytes;
  snapshot.bytes_total = sample.levels.bytes_total;
  snapshot.files_done = sample.totals.files_done;
  snapshot.files_total = sample.levels.files_total;
  snapshot.seconds = sample.seconds;
  std::lock_guard<std::mutex> lock(mutex_);
  note_ = VerdictClassName(sample.verdict.verdict);
  if (!sample.verdict.sub_reason.empty()) note_ += " (" + sample.verdict.sub_reason + ")";
  Draw(snapshot);
}

void Progress::Draw(const Snapshot& snapshot) {
  const Clock::time_point now = Clock::now();
  if (!wanted_ || now < next_) return;
  next_ = now + (in_place_ ? Clock::duration(kRedraw) : Clock::duration(kReprint));
  const size_t columns = in_place_ ? TerminalColumns(STDERR_FILENO) - 1 : 80;
  const std::string text = ProgressText(snapshot, columns, note_);
  Tell(in_place_ ? "\r" + text + "\x1b[K" : text + "\n");
  drawn_ = in_place_;
}

void Progress::Erase() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (drawn_) Tell("\r\x1b[K");
  drawn_ = false;
}

}  // namespace headrace::cli
