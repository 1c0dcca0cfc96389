#pragma once
// A dictionary of distinct values, in order of first appearance, given up where values hardly repeat.
// Takes: dense values. Gives: indices. Owns: its tables, reused. Threads: one. Fails: never.
#include <cstdint>
#include <string_view>
#include <vector>

namespace headrace {
inline namespace v0 {

class ValueDictionary {
 public:
  static constexpr size_t kMaxValues = 1 << 16;       ///< distinct values, at most
  static constexpr int64_t kSample = 8192;            ///< values after which the share of distinct ones is judged

  /// Index values of `width` bytes (4 or 8). Return false, and hold nothing of use, where more than
  /// `max_of_sample` of the first kSample values, or more than kMaxValues in all, are distinct.
  bool IndexFixed(const uint8_t* values, int64_t num_values, int width, int64_t max_of_sample);

  /// The same for texts; `offsets` has one more entry than there are values.
  bool IndexTexts(const char* bytes, const int32_t* offsets, int64_t num_values, int64_t max_of_sample);

  const std::vector<uint16_t>& indices() const { return indices_; }  ///< one a value
  const std::vector<uint64_t>& fixed() const { return fixed_; }      ///< distinct values, zero-extended
  const std::vector<std::string_view>& texts() const { return texts_; }
  size_t size() const { return fixed_.empty() ? texts_.size() : fixed_.size(); }

 private:
  template <int kWidth>
  bool IndexFixedOf(const uint8_t* values, int64_t num_values, int64_t max_of_sample);
  void Clear(int64_t num_values);

  std::vector<uint16_t> indices_;
  std::vector<uint64_t> fixed_;
  std::vector<std::string_view> texts_;
  std::vector<uint32_t> slots_;  // index + 1 into fixed_ or texts_; 0 is free
};

}  // namespace v0
}  // namespace headrace
