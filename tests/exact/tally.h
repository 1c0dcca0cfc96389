#pragma once
// What a run has counted, and the differences that it has found.
// Owns: counts; the first differences' texts go to stderr. Threads: a Tally one thread, Differences any number.
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace headrace {
inline namespace v0 {

struct Tally {
  int64_t fields = 0;  ///< of which each level made a value, a null or a bad one
  int64_t nulls = 0;
  int64_t bad = 0;
  int64_t by_reference = 0;  ///< compared with the C library or the grammar; all others with the plain twin alone
  int64_t given = 0;         ///< to the best level's kernels
  int64_t taken = 0;         ///< by them
  int64_t skipped = 0;       ///< values that were not written, because no kernel has their form

  Tally& operator+=(const Tally& other) {
    fields += other.fields, nulls += other.nulls, bad += other.bad, by_reference += other.by_reference;
    given += other.given, taken += other.taken, skipped += other.skipped;
    return *this;
  }
};

class Differences {
 public:
  /// Note one, and print it if it is one of the first.
  void Note(const std::string& text);
  int64_t count() const { return count_; }

 private:
  static constexpr int64_t kPrinted = 20;
  std::mutex mutex_;
  std::atomic<int64_t> count_ = 0;
};

/// Run `work(thread)` on so many threads and wait for them.
void RunThreads(int threads, const std::function<void(int)>& work);

/// Return a text with what is not printable as \xNN.
std::string Printable(std::string_view text);

}  // namespace v0
}  // namespace headrace
