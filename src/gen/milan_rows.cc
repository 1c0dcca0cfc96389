#include "gen/milan_rows.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <string>

namespace headrace {
inline namespace v0 {
namespace gen {
namespace {

// Calling codes, with longer prefixes as the real files have them, in the order of their text: the order of rows.
constexpr int kCountryCodes[299] = {
    0,     1,    1204, 1226,  1236,  1242,  1246,  1250,  1264,  1268,  1284,  1289,  1306,  1340,  1343, 1345,  1403,
    14035, 1416, 1418, 1438,  1441,  1450,  1473,  1506,  1514,  1519,  1581,  1587,  1604,  1613,  1647, 1649,  1664,
    1670,  1671, 1684, 1705,  1709,  1721,  1758,  1767,  1778,  1780,  17801, 1784,  1787,  1807,  1809, 1819,  1829,
    1849,  1867, 1868, 18686, 1869,  1876,  1902,  1905,  1939,  20,    211,   212,   21264, 21266, 213,  216,   218,
    220,   221,  222,  223,   224,   225,   226,   227,   228,   229,   230,   231,   232,   233,   234,  235,   236,
    237,   238,  239,  240,   241,   242,   243,   244,   245,   246,   247,   248,   249,   250,   251,  252,   25240,
    253,   254,  255,  256,   257,   258,   260,   261,   262,   26263, 26269, 263,   264,   265,   266,  267,   268,
    269,   27,   290,  291,   297,   298,   299,   30,    31,    32,    33,    34,    350,   351,   352,  353,   354,
    355,   356,  357,  358,   35818, 359,   36,    370,   371,   372,   373,   374,   375,   376,   377,  37744, 378,
    379,   380,  381,  382,   383,   385,   386,   38649, 387,   389,   39,    40,    41,    420,   421,  423,   43,
    44,    45,   46,   47,    48,    49,    500,   501,   502,   503,   504,   505,   506,   507,   508,  509,   51,
    52,    53,   54,   55,    56,    57,    58,    590,   59069, 591,   592,   593,   595,   597,   598,  599,   60,
    61,    62,   63,   64,    65,    66,    670,   672,   673,   674,   675,   676,   677,   678,   679,  680,   681,
    682,   683,  685,  686,   687,   688,   689,   690,   691,   692,   7,     7700,  7701,  7702,  7705, 7747,  7771,
    7775,  7777, 7840, 81,    82,    84,    850,   852,   853,   855,   856,   86,    880,   881,   8810, 8812,  8816,
    8817,  8818, 8819, 8821,  88213, 88216, 88232, 88239, 886,   90,    91,    92,    93,    94,    95,   960,   961,
    962,   963,  964,  965,   966,   967,   968,   970,   971,   972,   97252, 97254, 97256, 97259, 973,  974,   975,
    976,   977,  979,  98,    992,   993,   994,   995,   996,   998};

// The codes seen most beside 39 and 0, most frequent first.
constexpr int kFrequentCodes[] = {46, 33, 49, 41, 44,  34, 40,  86, 7,   1,  31,  32,  43,  20,  212,
                                  48, 63, 39, 51, 355, 81, 380, 90, 351, 30, 593, 373, 386, 216, 94};

constexpr int kItalianCode = 39, kUnknownCode = 0;
constexpr int kFields = 5, kInternet = 4;
constexpr double kItalianShare = 0.25;           // of all rows
constexpr uint32_t kUnknownBelow = 0.5 * 65536;  // of 65536 intervals that have a row left, those with country 0

// Percent of the mean activity, hour by hour.
constexpr int kHours[24] = {72,  52,  40,  33,  30,  36,  58,  90,  118, 130, 134, 136,
                            134, 128, 128, 130, 134, 140, 142, 132, 118, 106, 96,  83};

// Where one activity is filled for sure, its share of 100; and the share in 1000 of rows that fill each other one.
struct FillShape {
  int first[kFields];
  int others;
};

void FillMasks(const FillShape& shape, Random* random, std::span<uint8_t> masks) {
  for (uint8_t& mask : masks) {
    int pick = random->Below(100), first = 0;
    while (pick >= shape.first[first]) pick -= shape.first[first++];
    mask = 1u << first;
    for (int field = 0; field < kFields; ++field)
      if (field != first && static_cast<int>(random->Below(1000)) < shape.others) mask |= 1u << field;
  }
}

// Write the shortest decimal that reads back as `value`; below 1e-4 as Java does (1.234E-5). The value is in
// [1e-9, 1e4), so that an exponent has one digit and the text at most 22 characters.
char* FormatValue(double value, char* out) {
  char* const limit = out + 23;
  if (value >= 1e-4) return std::to_chars(out, limit, value, std::chars_format::fixed).ptr;
  char* end = std::to_chars(out, limit, value, std::chars_format::scientific).ptr;  // 1.234e-05
  end[-4] = 'E';
  end[-2] = end[-1];
  return end - 1;
}

// Count the digits from the first that is not zero in what FormatValue made of `value`.
int SignificantDigits(double value, const char* text, const char* end) {
  if (value < 1e-4) return static_cast<int>(end - text) - 4;  // a point and E-5
  if (value >= 1) return static_cast<int>(end - text) - 1;
  while (*text == '0' || *text == '.') ++text;
  return static_cast<int>(end - text);
}

}  // namespace

RowTables::RowTables(int bytes_per_row) {
  for (const int number : kCountryCodes) {
    Code code{};
    char* end = std::to_chars(code.text, code.text + sizeof(code.text), number).ptr;
    *end++ = '\t';
    code.length = static_cast<uint8_t>(end - code.text);
    code.kind = number == kItalianCode ? kItaly : number == kUnknownCode ? kUnknown : kForeign;
    if (code.kind == kItaly) italy_ = static_cast<int>(codes_.size());
    if (code.kind == kUnknown) unknown_ = static_cast<int>(codes_.size());
    codes_.push_back(code);
  }

  // These tables are the same for every seed: a seed varies the data, not its averages.
  Random random(0x6D696C616Eu);
  std::vector<uint16_t> ranked;
  for (size_t i = 0; i < codes_.size(); ++i)
    if (codes_[i].kind == kForeign) ranked.push_back(static_cast<uint16_t>(i));
  for (size_t i = ranked.size(); i > 1; --i) std::swap(ranked[i - 1], ranked[random.Below(static_cast<uint32_t>(i))]);
  std::stable_sort(ranked.begin(), ranked.end(), [](uint16_t a, uint16_t b) {
    const auto rank = [](uint16_t i) {
      return std::find(std::begin(kFrequentCodes), std::end(kFrequentCodes), kCountryCodes[i]);
    };
    return rank(a) < rank(b);
  });

  // Few codes take most rows (Zipf's law, steeper for rare codes), and each has one slot at least.
  const auto weight = [](size_t rank) { return 1.0 / static_cast<double>((rank + 2) * (rank + 20)); };
  double sum = 0, sum_so_far = 0;
  for (size_t rank = 0; rank < ranked.size(); ++rank) sum += weight(rank);
  const size_t shared_slots = kSlots - ranked.size();
  size_t slot = 0;
  for (size_t rank = 0; rank < ranked.size(); ++rank) {
    sum_so_far += weight(rank);
    const auto end = static_cast<size_t>(static_cast<double>(shared_slots) * (sum_so_far / sum)) + rank + 1;
    while (slot < std::min<size_t>(end, kSlots)) slots_[slot++] = ranked[rank];
  }
  while (slot < kSlots) slots_[slot++] = ranked[0];

  const bool fuller = bytes_per_row == 77;
  const int others = fuller ? 239 : 43;
  FillMasks({{20, 20, 20, 20, 20}, fuller ? 980 : 925}, &random, masks_[kItaly]);
  FillMasks({{65, 10, 5, 15, 5}, others}, &random, masks_[kUnknown]);
  FillMasks({{15, 8, 10, 10, 57}, others}, &random, masks_[kForeign]);
}

RowWriter::RowWriter(const RowTables& tables) : tables_(tables), texts_(kBases * kMultiples) {
  for (int i = 0; i < kMaxIntervals; ++i) hours_[i] = kHours[i / 6 % 24] / 100.0;
}

// Rows of each square and interval: geometric, longer where and when more is going on, then corrected to the exact sum.
void RowWriter::DrawCounts(const ChunkPlan& plan, Random* random) {
  const auto pairs = static_cast<uint32_t>(plan.squares.size() * plan.intervals);
  popularity_.clear();
  for (const int square : plan.squares) {
    Random of_square(Random::Mix(plan.seed + 1) ^ Random::Mix(square));
    popularity_.push_back(0.45 + 0.23 / (of_square.Unit() + 0.1));
  }
  double activity = 0;
  for (const double popularity : popularity_)
    for (int i = 0; i < plan.intervals; ++i) activity += popularity * hours_[i];
  const double excess = std::max(0.0, static_cast<double>(plan.rows) - pairs) / activity;

  counts_.assign(pairs, 1);
  int64_t rows = 0;
  uint8_t* count = counts_.data();
  for (const double popularity : popularity_) {
    for (int i = 0; i < plan.intervals; ++i, ++count) {
      const double mean = excess * popularity * hours_[i], more = mean / (1 + mean), unit = random->Unit();
      for (double above = more; unit < above && *count < kMaxRowsPerInterval; above *= more) ++*count;
      rows += *count;
    }
  }
  while (rows != plan.rows) {
    uint8_t& any = counts_[random->Below(pairs)];
    if (rows < plan.rows && any < kMaxRowsPerInterval) ++any, ++rows;
    if (rows > plan.rows && any > 0) --any, --rows;
  }
  const auto filled = static_cast<int64_t>(pairs - std::count(counts_.begin(), counts_.end(), 0));
  italy_below_ = static_cast<uint32_t>(kItalianShare * 65536 * static_cast<double>(rows) /
                                       static_cast<double>(std::max<int64_t>(filled, 1)));
}

void RowWriter::StartSquare(uint64_t seed, int square) {
  Random random(Random::Mix(seed) ^ Random::Mix(~static_cast<uint64_t>(square)));
  const double unit = random.Unit();
  bases_[0] = 0.001 + 0.008 * random.Unit();
  bases_[1] = 0.02 + 0.4 * unit * unit;
  bases_[2] = bases_[1] * (1.02 + 0.1 * random.Unit());
  bases_[kTiny] = 1e-6 + 1e-5 * random.Unit();
  std::memset(texts_.data(), 0, texts_.size() * sizeof(Text));
}

const RowWriter::Text& RowWriter::Value(int base, int multiple) {
  for (;;) {
    Text& text = texts_[base * kMultiples + multiple];
    if (text.length == 0) {
      const double value = bases_[base] * multiple;
      char* end = FormatValue(value, text.text);
      // The real files have no round values: 15 to 17 digits.
      const bool too_short = SignificantDigits(value, text.text, end) < 15 && multiple + 1 < kMultiples;
      *end++ = '\t';
      text.length = too_short ? kTooShort : static_cast<uint8_t>(end - text.text);
    }
    if (text.length != kTooShort) return text;
    ++multiple;
  }
}

// A few events: one base quantity or a small multiple; internet in longer runs.
const RowWriter::Text& RowWriter::DrawForeign(int field, Random* random) {
  const uint64_t bits = random->Next();
  if ((bits & 0x7FF) == 0) return Value(kTiny, 1 + static_cast<int>(bits >> 62));
  const int run = field == kInternet ? 1 + static_cast<int>(bits >> 56 & 7) : 1;
  const int multiple = run * (1 + std::countr_zero(bits >> 11 | 1u << 23));
  const auto choice = static_cast<int>(bits >> 60);
  return Value(choice == 0 ? 0 : 1 + ((field ^ (choice > 11)) & 1), multiple);
}

// Messages and calls follow the level with a long tail; internet is a steady stream of many events.
const RowWriter::Text& RowWriter::DrawItalian(int field, int level, Random* random) {
  const uint64_t bits = random->Next();
  const auto first = static_cast<int>(bits >> 11 & 0xFF), second = static_cast<int>(bits >> 19 & 0xFF);
  if (field == kInternet) return Value(1 + (bits >> 63), 1 + (level * (192 + first / 2) >> 5));
  if ((bits & 0x7FF) == 0) return Value(kTiny, 1 + static_cast<int>(bits >> 62));
  const auto choice = static_cast<int>(bits >> 60);
  return Value(choice < 2 ? 0 : 1 + ((field ^ (choice > 11)) & 1), 1 + (level * first * second >> 16));
}

// Choose `count` different countries.
void RowWriter::DrawCountries(int count, Random* random) {
  std::fill_n(countries_, kWords, 0);
  const auto add = [this, &count](int code) {
    uint64_t& word = countries_[code / 64];
    const uint64_t bit = uint64_t{1} << code % 64;
    count -= (word & bit) == 0;
    word |= bit;
  };
  const uint64_t bits = random->Next();
  if (static_cast<uint32_t>(bits & 0xFFFF) < italy_below_) add(tables_.italy_);
  if (count > 0 && static_cast<uint32_t>(bits >> 16 & 0xFFFF) < kUnknownBelow) add(tables_.unknown_);
  while (count > 0) add(tables_.slots_[random->Below(RowTables::kSlots)]);
}

char* RowWriter::WriteInterval(char* out, int prefix_length, int level, Random* random) {
  for (int word = 0; word < kWords; ++word) {
    for (uint64_t left = countries_[word]; left != 0; left &= left - 1) {
      const RowTables::Code& code = tables_.codes_[word * 64 + std::countr_zero(left)];
      // Copies of a fixed size are one or two instructions; the next field overwrites what is too much.
      std::memcpy(out, prefix_, 24);
      out += prefix_length;
      std::memcpy(out, &code, 8);
      out += code.length;
      const unsigned mask = tables_.masks_[code.kind][random->Next() % RowTables::kMasks];
      for (int field = 0; field < kFields; ++field) {
        if ((mask >> field & 1) == 0) {
          *out++ = '\t';
          continue;
        }
        const Text& text =
            code.kind == RowTables::kItaly ? DrawItalian(field, level, random) : DrawForeign(field, random);
        std::memcpy(out, &text, sizeof(text));
        out += text.length;
      }
      out[-1] = '\n';
    }
  }
  return out;
}

char* RowWriter::Write(const ChunkPlan& plan, char* out) {
  Random random(plan.key);
  DrawCounts(plan, &random);
  const uint8_t* count = counts_.data();
  for (size_t i = 0; i < plan.squares.size(); ++i) {
    StartSquare(plan.seed, plan.squares[i]);
    char* const number_end = std::to_chars(prefix_, prefix_ + sizeof(prefix_), plan.squares[i]).ptr;
    *number_end = '\t';
    for (int interval = 0; interval < plan.intervals; ++interval, ++count) {
      if (*count == 0) continue;
      char* end =
          std::to_chars(number_end + 1, prefix_ + sizeof(prefix_), plan.start_ms + interval * int64_t{600'000}).ptr;
      *end++ = '\t';
      DrawCountries(*count, &random);
      const int level = std::clamp(static_cast<int>(10 * popularity_[i] * hours_[interval]), 1, 40);
      out = WriteInterval(out, static_cast<int>(end - prefix_), level, &random);
    }
  }
  return out;
}

}  // namespace gen
}  // namespace v0
}  // namespace headrace
