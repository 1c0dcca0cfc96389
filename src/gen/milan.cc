#include "gen/milan.h"

#include <arrow/status.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gen/milan_rows.h"
#include "os/atomic_file.h"
#include "os/machine.h"

namespace headrace {
inline namespace v0 {
namespace gen {
namespace {

using std::chrono::sys_days;

constexpr int kSquares = 10'000, kSquaresPerChunk = 10, kMaxDays = 3660, kMaxWorkers = 256;
constexpr double kRowsPerInterval = 3.58;      // of one square, on average
constexpr int64_t kMaxRowsPerDay = 5'600'000;  // more, and too few intervals are left for rows of country 39
constexpr double kWorkingDay = 1.04, kSaturday = 0.92, kSunday = 0.88;

struct Day {
  std::string path;
  int64_t start_ms = 0;
  int intervals = 0;
  int64_t rows = 0;
  const std::vector<int>* squares = nullptr;  // in the order of their text
};

struct Plan {
  std::vector<Day> days;
  std::map<int64_t, std::vector<int>> squares_lists;  // by length
};

// Midnight in Milan: one hour ahead of UTC, two from the last Sunday of March to that of October.
int64_t StartOfDay(sys_days date) {
  using namespace std::chrono_literals;
  const std::chrono::year year = std::chrono::year_month_day(date).year();
  const sys_days summer = year / std::chrono::March / std::chrono::Sunday[std::chrono::last];
  const sys_days winter = year / std::chrono::October / std::chrono::Sunday[std::chrono::last];
  const auto offset = date > summer && date <= winter ? 2h : 1h;
  return std::chrono::milliseconds(date.time_since_epoch() - offset).count();
}

// `count` squares spread over the grid.
std::vector<int> Squares(int64_t count) {
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) names.push_back(std::to_string(1 + i * kSquares / count));
  std::sort(names.begin(), names.end());
  std::vector<int> squares;
  for (const std::string& name : names) squares.push_back(std::stoi(name));
  return squares;
}

std::string FileName(sys_days date) {
  const std::chrono::year_month_day day(date);
  const auto digits = [](unsigned number) { return std::string(number < 10, '0') + std::to_string(number); };
  return "sms-call-internet-mi-" + std::to_string(static_cast<int>(day.year())) + "-" +
         digits(static_cast<unsigned>(day.month())) + "-" + digits(static_cast<unsigned>(day.day())) + ".txt";
}

int64_t FullDayRows(sys_days date, int intervals) {
  const std::chrono::weekday weekday(date);
  const double factor = weekday == std::chrono::Saturday ? kSaturday
                        : weekday == std::chrono::Sunday ? kSunday
                                                         : kWorkingDay;
  return static_cast<int64_t>(kSquares * kRowsPerInterval * factor * intervals);
}

Plan MakePlan(const MilanOptions& options) {
  Plan plan;
  for (int i = 0; i < options.days; ++i) {
    const sys_days date = sys_days(std::chrono::year(2013) / 11 / 1) + std::chrono::days(i);
    Day day;
    day.path = (std::filesystem::path(options.directory) / FileName(date)).string();
    day.start_ms = StartOfDay(date);
    day.intervals = static_cast<int>((StartOfDay(date + std::chrono::days(1)) - day.start_ms) / 600'000);
    day.rows = options.rows == 0 ? FullDayRows(date, day.intervals)
                                 : options.rows / options.days + (i < options.rows % options.days);
    // Few rows are few squares, so that each looks as it would in a full day.
    const auto rows_per_square = static_cast<int64_t>(kRowsPerInterval * day.intervals);
    const int64_t squares = options.rows == 0
                                ? kSquares
                                : std::clamp<int64_t>((day.rows + rows_per_square - 1) / rows_per_square, 1, kSquares);
    auto [list, is_new] = plan.squares_lists.try_emplace(squares);
    if (is_new) list->second = Squares(squares);
    day.squares = &list->second;
    plan.days.push_back(std::move(day));
  }
  return plan;
}

// A range of squares on one day: the same for any number of workers, and so are its random numbers.
struct Chunk {
  int64_t number = 0;  // in the order of the files and their rows
  size_t day = 0;
  int64_t begin = 0, end = 0;  // of the day's squares
  bool ends_day = false;
  std::unique_ptr<char[]> text;
  int64_t capacity_bytes = 0, num_bytes = 0;
};

// Workers take chunks in order, make their text side by side, and one at a time writes what is next in order.
class Run {
 public:
  Run(const MilanOptions& options, Plan plan, arrow::StopToken stop_token)
      : options_(options), plan_(std::move(plan)), stop_token_(std::move(stop_token)), tables_(options.bytes_per_row) {}

  arrow::Result<MilanReport> Go() {
    const int workers = static_cast<int>(
        std::clamp<int64_t>(options_.workers == 0 ? AvailableCpus() : options_.workers, 1, kMaxWorkers));
    for (int i = 0; i < 2 * workers + 2; ++i) spare_.push_back(std::make_unique<Chunk>());
    {
      std::vector<std::jthread> threads;
      try {
        for (int i = 1; i < workers; ++i) threads.emplace_back([this] { Work(); });
      } catch (const std::system_error&) {
        // The bytes do not depend on the number of workers: go on with those that the system allows.
      }
      Work();
    }
    file_.reset();  // removes what is not published
    ARROW_RETURN_NOT_OK(status_);
    return report_;
  }

 private:
  // Return the next chunk to make, or nullptr when there is none or the run has failed. Waits for memory: a chunk that
  // is taken is always written by a worker that waits for none, so this ends.
  std::unique_ptr<Chunk> Take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !spare_.empty() || AllTaken(); });
    if (AllTaken()) return nullptr;
    std::unique_ptr<Chunk> chunk = std::move(spare_.back());
    spare_.pop_back();
    chunk->number = next_taken_++;
    chunk->day = next_day_;
    chunk->begin = next_square_;
    const auto squares = static_cast<int64_t>(plan_.days[next_day_].squares->size());
    chunk->end = next_square_ = std::min(next_square_ + kSquaresPerChunk, squares);
    chunk->ends_day = next_square_ == squares;
    if (chunk->ends_day) ++next_day_, next_square_ = 0;
    return chunk;
  }

  bool AllTaken() const { return next_day_ == plan_.days.size() || !status_.ok(); }

  void Work() {
    RowWriter writer(tables_);
    while (std::unique_ptr<Chunk> chunk = Take()) {
      Make(&writer, chunk.get());
      Deliver(std::move(chunk));
    }
  }

  void Make(RowWriter* writer, Chunk* chunk) const {
    const Day& day = plan_.days[chunk->day];
    const auto squares = static_cast<int64_t>(day.squares->size());
    ChunkPlan rows;
    rows.seed = options_.seed;
    rows.key = Random::Mix(Random::Mix(Random::Mix(options_.seed) + chunk->day) + chunk->begin);
    rows.start_ms = day.start_ms;
    rows.intervals = day.intervals;
    rows.squares = std::span(*day.squares).subspan(chunk->begin, chunk->end - chunk->begin);
    rows.rows = day.rows * chunk->end / squares - day.rows * chunk->begin / squares;
    const int64_t needed_bytes = rows.rows * kMaxRowBytes + kSlackBytes;
    if (chunk->capacity_bytes < needed_bytes) {
      chunk->text = std::make_unique_for_overwrite<char[]>(needed_bytes);
      chunk->capacity_bytes = needed_bytes;
    }
    chunk->num_bytes = writer->Write(rows, chunk->text.get()) - chunk->text.get();
  }

  void Deliver(std::unique_ptr<Chunk> chunk) {
    std::unique_lock lock(mutex_);
    made_.emplace(chunk->number, std::move(chunk));
    if (writing_) return;  // whoever writes finds it
    writing_ = true;
    while (status_.ok() && !made_.empty() && made_.begin()->first == next_written_) {
      std::unique_ptr<Chunk> next = std::move(made_.begin()->second);
      made_.erase(made_.begin());
      lock.unlock();
      arrow::Status status = WriteOut(*next);
      lock.lock();
      ++next_written_;
      status_ = std::move(status);
      spare_.push_back(std::move(next));
      changed_.notify_all();
    }
    writing_ = false;
  }

  // Only one worker at a time is here, and the chunks come in order.
  arrow::Status WriteOut(const Chunk& chunk) {
    ARROW_RETURN_NOT_OK(stop_token_.Poll());
    const Day& day = plan_.days[chunk.day];
    if (chunk.begin == 0) {
      ARROW_ASSIGN_OR_RAISE(file_, AtomicFile::Create(day.path, options_.overwrite));
    }
    ARROW_RETURN_NOT_OK(file_->Write(chunk.text.get(), chunk.num_bytes));
    report_.bytes += chunk.num_bytes;
    if (chunk.ends_day) {
      ARROW_RETURN_NOT_OK(file_->Sync());
      ARROW_RETURN_NOT_OK(file_->Publish());
      file_.reset();
      report_.files += 1;
      report_.rows += day.rows;
    }
    if (options_.progress) options_.progress(report_.bytes);
    return arrow::Status::OK();
  }

  const MilanOptions& options_;
  const Plan plan_;
  const arrow::StopToken stop_token_;
  const RowTables tables_;

  std::mutex mutex_;  // of what follows, up to the next comment
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Chunk>> spare_;
  std::map<int64_t, std::unique_ptr<Chunk>> made_;
  size_t next_day_ = 0;
  int64_t next_square_ = 0, next_taken_ = 0, next_written_ = 0;
  bool writing_ = false;
  arrow::Status status_;

  // Of the worker that writes.
  std::unique_ptr<AtomicFile> file_;
  MilanReport report_;
};

arrow::Status Check(const MilanOptions& options) {
  if (options.directory.empty()) return arrow::Status::Invalid("no directory to write to; name one");
  if (options.days < 1 || options.days > kMaxDays) {
    return arrow::Status::Invalid("days must be from 1 to ", kMaxDays, ", not ", options.days);
  }
  if (options.rows < 0) return arrow::Status::Invalid("rows must be 0 (full days) or more, not ", options.rows);
  if (options.rows > options.days * kMaxRowsPerDay) {
    return arrow::Status::Invalid("a day has at most ", kMaxRowsPerDay, " rows, so ", options.rows, " do not fit into ",
                                  options.days, "\nfix: add --days ", (options.rows - 1) / kMaxRowsPerDay + 1);
  }
  if (options.bytes_per_row != 65 && options.bytes_per_row != 77) {
    return arrow::Status::Invalid("bytes per row must be 65 or 77, not ", options.bytes_per_row);
  }
  if (options.workers < 0) {
    return arrow::Status::Invalid("workers must be 0 (one for each CPU) or more, not ", options.workers);
  }
  return arrow::Status::OK();
}

// Make the directory, and find out before the work rather than after a day of it that a file is in the way.
arrow::Status PrepareDirectory(const MilanOptions& options, const Plan& plan) {
  std::error_code error;
  std::filesystem::create_directories(options.directory, error);
  if (error) {
    return arrow::Status::IOError("cannot make the directory ", options.directory, ": ", error.message());
  }
  for (const Day& day : plan.days) {
    if (options.overwrite) break;
    if (std::filesystem::exists(std::filesystem::symlink_status(day.path, error))) {
      return arrow::Status::AlreadyExists("'", day.path,
                                          "' exists already\nfix: choose another folder, or add --overwrite");
    }
  }
  return arrow::Status::OK();
}

}  // namespace

arrow::Result<MilanReport> GenerateMilan(const MilanOptions& options, arrow::StopToken stop_token) {
  const auto start = std::chrono::steady_clock::now();
  ARROW_RETURN_NOT_OK(Check(options));
  Plan plan = MakePlan(options);
  ARROW_RETURN_NOT_OK(PrepareDirectory(options, plan));
  Run run(options, std::move(plan), std::move(stop_token));
  ARROW_ASSIGN_OR_RAISE(MilanReport report, run.Go());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

}  // namespace gen
}  // namespace v0
}  // namespace headrace
