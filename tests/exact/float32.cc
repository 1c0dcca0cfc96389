#include "exact/float32.h"

#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

#include "exact/columns.h"
#include "exact/values.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint64_t kPatterns = uint64_t{1} << 32;
constexpr std::ptrdiff_t kMostWhole = 7, kMostFraction = 24;  // the shape of the float kernels
constexpr double kLeastShare = 0.9;

// Write a value; nullptr where no kernel has the shape of its text.
char* Write(Float32Form form, float value, char* at) {
  if (form == Float32Form::kShortest) return std::to_chars(at, at + TextWindow::kMaxFieldBytes, value).ptr;
  const float magnitude = std::fabs(value);
  if (magnitude >= 1e7F || (magnitude < 1e-24F && magnitude != 0)) return nullptr;
  char* end = std::to_chars(at, at + TextWindow::kMaxFieldBytes, value, std::chars_format::fixed).ptr;
  const char* digits = at + (*at == '-' ? 1 : 0);
  const auto* dot = static_cast<const char*>(std::memchr(digits, '.', static_cast<size_t>(end - digits)));
  const bool fits =
      dot == nullptr ? end - digits <= kMostWhole : dot - digits <= kMostWhole && end - dot - 1 <= kMostFraction;
  return fits ? end : nullptr;
}

// Pattern number `index`. Shortest forms come mixed, so that a block has texts of all lengths, and fixed ones in order,
// so that its texts are alike: the kernel's paths for both see all values.
uint32_t PatternOf(Float32Form form, uint64_t index) {
  return static_cast<uint32_t>(form == Float32Form::kFixed ? index : index * 2654435769);
}

class Sweep {
 public:
  Sweep(const Float32Options& options, const std::vector<LevelDecoder>& levels, Differences* differences)
      : options_(options),
        comparer_(options.form == Float32Form::kFixed ? "float32, fixed" : "float32, shortest", levels, differences),
        window_(kWindowFields),
        patterns_(kWindowFields) {}

  /// Compare the patterns number first, first + step, ... below `end`.
  void Run(uint64_t first, uint64_t end) {
    window_.Start(',', '9');
    for (uint64_t index = first; index < end; index += options_.step) {
      const uint32_t pattern = PatternOf(options_.form, index);
      const auto value = std::bit_cast<float>(pattern);
      if (!std::isfinite(value)) continue;
      const char* text_end = Write(options_.form, value, window_.room());
      if (text_end == nullptr) {
        tally_.skipped++;
        continue;
      }
      patterns_[window_.size()] = pattern;
      window_.Add(text_end);
      if (window_.size() == kWindowFields) Compare();
    }
    Compare();
  }

  const Tally& tally() const { return tally_; }

 private:
  void Compare() {
    if (window_.size() == 0) return;
    comparer_.Decode(window_.Finish(), 0, &tally_);
    comparer_.ForEachRow([&](uint32_t row, const RowResult& got) {
      RowResult wanted;
      wanted.value = {reinterpret_cast<const char*>(&patterns_[row]), sizeof(float)};
      if (got != wanted) comparer_.Note("plain", row, got, "written " + comparer_.Show(wanted));
    });
    tally_.by_reference += window_.size();
    window_.Start(',', '9');
  }

  const Float32Options& options_;
  ColumnComparer comparer_;
  TextWindow window_;
  std::vector<uint32_t> patterns_;
  Tally tally_;
};

}  // namespace

bool CompareFloat32(const Float32Options& options, Tally* sum, Differences* differences) {
  ColumnSpec spec;
  spec.type.kind = TypeKind::kFloat32;
  const std::vector<LevelDecoder> levels = DecodersOf(spec);
  const auto start = std::chrono::steady_clock::now();
  const int64_t before = differences->count();
  const uint64_t share_of_thread = options.step << 16;
  std::atomic<uint64_t> next = 0;
  std::vector<Tally> tallies(static_cast<size_t>(options.threads));
  RunThreads(options.threads, [&](int thread) {
    Sweep sweep(options, levels, differences);
    for (uint64_t first = next.fetch_add(share_of_thread); first < kPatterns; first = next.fetch_add(share_of_thread)) {
      sweep.Run(first, std::min(first + share_of_thread, kPatterns));
    }
    tallies[static_cast<size_t>(thread)] = sweep.tally();
  });
  Tally tally;
  for (const Tally& one : tallies) tally += one;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const bool is_fixed = options.form == Float32Form::kFixed;
  PrintLine(is_fixed ? "float32, fixed" : "float32, shortest", tally, differences->count() - before, seconds.count());
  if (is_fixed) {
    std::printf("  %ld finite values have more than %ld digits before the dot or %ld behind it, and were not written\n",
                tally.skipped, static_cast<long>(kMostWhole), static_cast<long>(kMostFraction));
  }
  *sum += tally;
  const bool has_vectors = SimdLevels().size() > 1;
  if (!is_fixed || !has_vectors) return true;
  if (static_cast<double>(tally.taken) >= kLeastShare * static_cast<double>(tally.fields)) return true;
  std::fprintf(stderr, "the kernel took %ld of %ld fixed texts itself, which is less than %.0f %%\n", tally.taken,
               tally.fields, 100 * kLeastShare);
  return false;
}

}  // namespace v0
}  // namespace headrace
