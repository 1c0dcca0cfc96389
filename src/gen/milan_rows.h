#pragma once
// The rows of one chunk of the Milan grid: a range of squares on one day.
// Takes: a ChunkPlan. Gives: text in the caller's memory. Owns: scratch tables. Threads: RowTables is shared and
// constant, a RowWriter belongs to one thread. Fails: never.
#include <cstdint>
#include <span>
#include <vector>

namespace headrace {
inline namespace v0 {
namespace gen {

inline constexpr int kMaxIntervals = 150;       ///< of 10 minutes, on a day of 25 hours
inline constexpr int kMaxRowsPerInterval = 36;  ///< in one square
inline constexpr int64_t kMaxRowBytes = 136;    ///< 5 + 13 + 5 characters, five values of 21, eight ends
inline constexpr int64_t kSlackBytes = 32;      ///< written beyond the last row, at most

/// Make random numbers that follow from a key alone (SplitMix64, Steele, Lea and Flood 2014).
class Random {
 public:
  explicit Random(uint64_t key) : state_(key) {}
  uint64_t Next() { return Mix(state_ += 0x9E3779B97F4A7C15u); }
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>((Next() >> 32) * bound >> 32); }
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }  ///< in [0, 1)

  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

/// State which rows a chunk has.
struct ChunkPlan {
  uint64_t seed;                 ///< of the squares' base quantities: the same every day
  uint64_t key;                  ///< of this chunk's own random numbers
  int64_t start_ms;              ///< Unix time of the day's first interval
  int intervals;                 ///< in the day
  std::span<const int> squares;  ///< in the order of their text
  int64_t rows;                  ///< exactly; at most kMaxRowsPerInterval for each square and interval
};

/// Hold what all chunks share: country codes, how often each is seen, which activities are filled.
class RowTables {
 public:
  explicit RowTables(int bytes_per_row);

 private:
  friend class RowWriter;
  static constexpr int kSlots = 4096, kMasks = 1024;
  enum Kind { kItaly, kUnknown, kForeign, kKinds };
  struct Code {
    char text[7];  // with its tab
    uint8_t length;
    Kind kind;
  };
  std::vector<Code> codes_;        // in the order of their text
  int italy_ = 0, unknown_ = 0;    // positions of 39 and 0
  uint16_t slots_[kSlots];         // a position in codes_, as often as it shall be drawn
  uint8_t masks_[kKinds][kMasks];  // bit i: activity i is filled
};

class RowWriter {
 public:
  explicit RowWriter(const RowTables& tables);

  /// Write the plan's rows to `out`, which has room for kMaxRowBytes each and kSlackBytes; return their end.
  char* Write(const ChunkPlan& plan, char* out);

 private:
  // The text of one value; length 0 where it has not been made, kTooShort where it must not be used.
  struct Text {
    char text[23];  // with its tab
    uint8_t length;
  };
  static constexpr int kBases = 4, kMultiples = 512, kTiny = 3, kWords = 5;
  static constexpr uint8_t kTooShort = 255;

  void DrawCounts(const ChunkPlan& plan, Random* random);
  void StartSquare(uint64_t seed, int square);
  void DrawCountries(int count, Random* random);
  const Text& Value(int base, int multiple);
  const Text& DrawForeign(int field, Random* random);
  const Text& DrawItalian(int field, int level, Random* random);
  char* WriteInterval(char* out, int prefix_length, int level, Random* random);

  const RowTables& tables_;
  double hours_[kMaxIntervals];     // activity in an interval; the mean of a day is about 1
  std::vector<double> popularity_;  // of the chunk's squares; the mean is about 1
  std::vector<uint8_t> counts_;     // rows of each square and interval
  uint32_t italy_below_ = 0;        // of 65536 intervals with rows, those with a row of country 39
  double bases_[kBases];            // of the current square
  std::vector<Text> texts_;         // of the current square: kBases x kMultiples, made on first use
  char prefix_[32];                 // square and timestamp
  uint64_t countries_[kWords];      // of the current interval, one bit each
};

}  // namespace gen
}  // namespace v0
}  // namespace headrace
