#include "exact/tally.h"

#include <cstdio>
#include <thread>
#include <vector>

namespace headrace {
inline namespace v0 {

void Differences::Note(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (++count_ <= kPrinted) std::fprintf(stderr, "DIFFERENCE: %s\n", text.c_str());
}

void RunThreads(int threads, const std::function<void(int)>& work) {
  std::vector<std::thread> others;
  for (int i = 1; i < threads; i++) others.emplace_back(work, i);
  work(0);
  for (std::thread& thread : others) thread.join();
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    char escaped[5];
    std::snprintf(escaped, sizeof(escaped), "\\x%02X", byte);
    if (byte >= 0x20 && byte < 0x7F && c != '\\') {
      printable += c;
    } else {
      printable += escaped;
    }
  }
  return printable;
}

}  // namespace v0
}  // namespace headrace
