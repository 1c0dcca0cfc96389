#pragma once
// The fields of one column in windows of text, for benchmarks: 250 rows whose records are 65 bytes apart (16 KiB of
// text, in L1 or L2). Sixteen windows of different seeds come in turn, so that no branch predictor knows them by heart.
// Takes: what makes a field. Gives: FieldList. Owns: the text. Threads: one. Fails: never.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "decode/test_numbers.h"
#include "parse/field_list.h"
#include "simd/decode_kernels.h"

namespace headrace {
inline namespace v0 {

using MakeField = std::function<std::string(Random&)>;

// The shortest text that gives the double back, as the Milan files have it: 16 to 18 digits.
inline std::string Shortest(double value) {
  for (int digits = 15; digits < 17; digits++) {
    const std::string text = Print("%.*g", digits, value);
    if (std::stod(text) == value) return text;
  }
  return Print("%.17g", value);
}

inline std::string MilanNumber(Random& random) {
  const double scale[] = {0.1, 1, 10, 100};
  double value;
  do value = Uniform(random) * scale[random() % 4];
  while (value < 1e-4);
  return Shortest(value);
}

inline std::string Date(Random& random) {
  return Print("20%02d-%02d-%02d", int(random() % 30), int(1 + random() % 12), int(1 + random() % 28));
}

inline std::string DateTime(Random& random) {
  return Date(random) + Print(" %02d:%02d:%02d", int(random() % 24), int(random() % 60), int(random() % 60));
}

// Up to 19 characters.
inline std::string Words(Random& random, bool ascii) {
  std::string text;
  for (uint64_t i = random() % 20; i > 0; i--) text += ascii || i % 5 != 0 ? "x" : "\xC3\xA9";
  return text;
}

class ColumnText {
 public:
  static constexpr uint32_t kRows = 250;
  static constexpr size_t kRecordBytes = 65;

  /// Of a hundred fields, about `percent_null` are empty.
  ColumnText(const MakeField& make, int percent_null, uint64_t seed) : text_(kTextPadding, ' ') {
    Random random(seed);
    for (uint32_t row = 0; row < kRows; row++) {
      const size_t from = text_.size();
      begin_.push_back(static_cast<uint32_t>(from));
      if (static_cast<int>(random() % 100) >= percent_null) text_ += make(random);
      end_.push_back(static_cast<uint32_t>(text_.size()));
      bytes_ += text_.size() - from;
      text_ += '\t';
      text_.resize(std::max(text_.size(), from + kRecordBytes), 'x');
    }
    text_.append(kTextPadding, ' ');
    for (std::vector<uint32_t>* list : {&begin_, &end_}) {
      list->resize(kRows + FieldList::kPadding);
      PadList(list->data(), kRows);
    }
    fields_.text = text_.data();
    fields_.begin = begin_.data();
    fields_.end = end_.data();
    fields_.size = kRows;
    fields_.utf8 = std::all_of(text_.begin(), text_.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  }
  ColumnText(const ColumnText&) = delete;
  ColumnText& operator=(const ColumnText&) = delete;

  const FieldList& fields() const { return fields_; }
  size_t bytes() const { return bytes_; }  ///< of the fields

  /// Call visit(block, first) for each block of up to 64 rows, from row `first` on.
  template <class Visit>
  void ForEachBlock(Visit visit) const {
    for (uint32_t first = 0; first < kRows; first += FieldBlock::kMaxFields) {
      const uint32_t size = std::min(FieldBlock::kMaxFields, kRows - first);
      visit(FieldBlock{text_.data(), begin_.data() + first, end_.data() + first, size}, first);
    }
  }

 private:
  std::string text_;
  std::vector<uint32_t> begin_, end_;
  size_t bytes_ = 0;
  FieldList fields_;
};

class ColumnTexts {
 public:
  static constexpr size_t kWindows = 16;

  explicit ColumnTexts(const MakeField& make, int percent_null = 0) {
    for (size_t i = 0; i < kWindows; i++) texts_[i] = std::make_unique<ColumnText>(make, percent_null, i);
  }
  const ColumnText& Next() { return *texts_[turn_++ % kWindows]; }

 private:
  std::unique_ptr<ColumnText> texts_[kWindows];
  size_t turn_ = 0;
};

}  // namespace v0
}  // namespace headrace
