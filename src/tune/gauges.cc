#include "tune/gauges.h"

#include <chrono>

#include "os/thread_number.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int kStageBits = 4;
static_assert(kNumStages <= (1 << kStageBits));
constexpr auto kRelaxed = std::memory_order_relaxed;

}  // namespace

int64_t SteadyNanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void WorkerGauge::Start() {
  thread_.store(ThreadNumber(), kRelaxed);
  stage_ = Stage::kWaitClaim;
  since_ = now_();
  running_ = true;
  state_.store(since_ << kStageBits | static_cast<int64_t>(stage_), std::memory_order_release);
}

void WorkerGauge::Enter(Stage stage) {
  if (!running_ || stage == stage_) return;
  const int64_t now = now_();
  std::atomic<int64_t>& counter = nanoseconds_[static_cast<size_t>(stage_)];
  const uint64_t version = version_.load(kRelaxed);
  version_.store(version + 1, kRelaxed);
  counter.store(counter.load(kRelaxed) + (now - since_), std::memory_order_release);
  since_ = now;
  stage_ = stage;
  state_.store(now << kStageBits | static_cast<int64_t>(stage), std::memory_order_release);
  version_.store(version + 2, std::memory_order_release);
}

void WorkerGauge::Stop() {
  if (!running_) return;
  std::atomic<int64_t>& counter = nanoseconds_[static_cast<size_t>(stage_)];
  // A full fence in front of the clock: nobody may have read a later time by then.
  const uint64_t version = version_.fetch_add(1);
  counter.store(counter.load(kRelaxed) + (now_() - since_), std::memory_order_release);
  state_.store(-1, std::memory_order_release);
  version_.store(version + 2, std::memory_order_release);
  running_ = false;
}

WorkerGauge::Reading WorkerGauge::Read() const {
  Reading reading;
  int64_t state = -1, now = 0;
  uint64_t before = 1, after = 0;
  while (before != after || before % 2 != 0) {
    before = version_.load(std::memory_order_acquire);
    for (size_t i = 0; i < kNumStages; i++) reading.nanoseconds[i] = nanoseconds_[i].load(std::memory_order_acquire);
    state = state_.load(std::memory_order_acquire);
    now = now_();
    after = version_.load();
  }
  if (state >= 0) {
    const int64_t lasted = now - (state >> kStageBits);
    reading.nanoseconds[static_cast<size_t>(state & ((1 << kStageBits) - 1))] += lasted > 0 ? lasted : 0;
  }
  reading.input_bytes = input_bytes_.load(kRelaxed);
  reading.text_bytes = text_bytes_.load(kRelaxed);
  reading.reads = reads_.load(kRelaxed);
  reading.thread = thread_.load(kRelaxed);
  return reading;
}

Gauges::Gauges(size_t workers, WorkerGauge::Clock now) {
  for (size_t i = 0; i < workers; i++) workers_.push_back(std::make_unique<WorkerGauge>(now));
}

void Gauges::SetCommitted(const Committed& committed) {
  source_bytes_.store(committed.source_bytes, kRelaxed);
  output_bytes_.store(committed.output_bytes, kRelaxed);
  rows_read_.store(committed.rows_read, kRelaxed);
  rows_rejected_.store(committed.rows_rejected, kRelaxed);
  units_.store(committed.units, kRelaxed);
  files_done_.store(committed.files_done, kRelaxed);
}

void Gauges::SetQueue(int64_t in_flight, int64_t waiting, int64_t waiting_bytes) {
  in_flight_.store(in_flight, kRelaxed);
  waiting_.store(waiting, kRelaxed);
  waiting_bytes_.store(waiting_bytes, kRelaxed);
}

void Gauges::SetSettings(int64_t workers, int64_t chunk_bytes) {
  active_workers_.store(workers, kRelaxed);
  chunk_bytes_.store(chunk_bytes, kRelaxed);
}

void Gauges::SetInputs(int64_t bytes, int64_t files) {
  bytes_total_.store(bytes, kRelaxed);
  files_total_.store(files, kRelaxed);
}

void Gauges::Read(Totals* totals, Levels* levels) const {
  for (const auto& worker : workers_) {
    const WorkerGauge::Reading reading = worker->Read();
    for (size_t i = 0; i < kNumStages; i++) {
      totals->stage_seconds[i] += static_cast<double>(reading.nanoseconds[i]) * 1e-9;
    }
    totals->input_bytes += reading.input_bytes;
    totals->text_bytes += reading.text_bytes;
    totals->reads += reading.reads;
  }
  totals->source_bytes = source_bytes_.load(kRelaxed);
  totals->output_bytes = output_bytes_.load(kRelaxed);
  totals->rows_read = rows_read_.load(kRelaxed);
  totals->rows_rejected = rows_rejected_.load(kRelaxed);
  totals->units = units_.load(kRelaxed);
  totals->files_done = files_done_.load(kRelaxed);
  levels->units_in_flight = in_flight_.load(kRelaxed);
  levels->units_waiting = waiting_.load(kRelaxed);
  levels->waiting_bytes = waiting_bytes_.load(kRelaxed);
  levels->workers = active_workers_.load(kRelaxed);
  levels->chunk_bytes = chunk_bytes_.load(kRelaxed);
  levels->bytes_total = bytes_total_.load(kRelaxed);
  levels->files_total = files_total_.load(kRelaxed);
}

std::vector<int64_t> Gauges::Threads() const {
  std::vector<int64_t> threads;
  for (const auto& worker : workers_) {
    if (const int64_t thread = worker->Read().thread; thread != 0) threads.push_back(thread);
  }
  return threads;
}

}  // namespace v0
}  // namespace headrace
