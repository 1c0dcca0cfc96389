#include "pipeline/position_chain.h"

#include <algorithm>

namespace headrace {
inline namespace v0 {

PositionChain::PositionChain(size_t files, bool whole_job) : whole_job_(whole_job), links_(whole_job ? 1 : files) {}

Result<UnitBase> PositionChain::Wait(const Place& place, int32_t file, bool is_head) {
  if (is_head && !whole_job_) return UnitBase();
  std::unique_lock<std::mutex> lock(mutex_);
  const Link& link = LinkOf(file);
  changed_.wait(lock, [&] { return link.next == place || link.ended || (link.broken && *link.broken < place); });
  if (link.next != place && !link.ended) return Status::Invalid("an earlier unit failed");
  UnitBase base = link.base;
  if (is_head) {
    const int64_t job_records = base.job_records;
    base = UnitBase();
    base.job_records = job_records;
  }
  return base;
}

void PositionChain::Publish(int32_t file, const Place& next, const UnitBase& base) {
  std::lock_guard<std::mutex> lock(mutex_);
  Link& link = LinkOf(file);
  link.next = next;
  link.base = base;
  changed_.notify_all();
}

void PositionChain::End(int32_t file, const UnitBase& base) {
  std::lock_guard<std::mutex> lock(mutex_);
  Link& link = LinkOf(file);
  link.base = base;
  link.ended = true;
  changed_.notify_all();
}

void PositionChain::Break(int32_t file, const Place& place) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::optional<Place>& broken = LinkOf(file).broken;
  broken = std::min(broken.value_or(place), place);
  changed_.notify_all();
}

void PositionChain::BreakAll() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (Link& link : links_) link.broken = Place{0, 0};
  changed_.notify_all();
}

}  // namespace v0
}  // namespace headrace
