#pragma once
// Asks the system to have the next files ready while others are read, as the guide's two threads do.
// Takes: paths, how far the job is. Gives: pages in the system's cache. Owns: at most two threads. Threads: Reached
// from any. Fails: never; it is advice, and who reads a file meets its faults.
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace headrace {
inline namespace v0 {

class Prefetcher {
 public:
  /// `paths` are the job's files in source order, empty where one is no regular file. `files_ahead` of them are fetched
  /// before they are reached.
  Prefetcher(std::vector<std::string> paths, int64_t files_ahead);
  ~Prefetcher();

  /// A worker begins with file `index`.
  void Reached(int64_t index);

  int64_t fetched() const;  ///< files that were fetched to their end, or to the most that is fetched

 private:
  void Work();
  bool Fetch(const std::string& path, int64_t index);
  bool IsWanted(int64_t index);

  const std::vector<std::string> paths_;
  const int64_t files_ahead_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // All below is guarded by mutex_.
  int64_t reached_ = -1, next_ = 0, fetched_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace v0
}  // namespace headrace
