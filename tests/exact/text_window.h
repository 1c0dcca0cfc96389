#pragma once
// A window of fields, written field by field into one buffer that is used again.
// Takes: fields' bytes. Gives: a FieldList. Owns: the text and the lists. Threads: one. Fails: never.
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "parse/field_list.h"

namespace headrace {
inline namespace v0 {

class TextWindow {
 public:
  static constexpr uint32_t kMaxFieldBytes = 512;

  explicit TextWindow(uint32_t capacity)
      : text_(new char[size_t{capacity} * (kMaxFieldBytes + 1) + 2 * kTextPadding]),
        begin_(capacity + FieldList::kPadding),
        end_(capacity + FieldList::kPadding) {}

  /// Begin anew: `around` fills the padding, `between` stands behind each field.
  void Start(char between, char around) {
    between_ = between;
    around_ = around;
    size_ = 0;
    at_ = text_.get() + kTextPadding;
    std::memset(text_.get(), around, kTextPadding);
  }
  /// Where the next field goes: kMaxFieldBytes may be written.
  char* room() const { return at_; }
  /// Take the bytes from room() to `end` as a field.
  void Add(const char* end) {
    begin_[size_] = static_cast<uint32_t>(at_ - text_.get());
    end_[size_++] = static_cast<uint32_t>(end - text_.get());
    at_ = text_.get() + (end - text_.get());
    *at_++ = between_;
  }
  FieldList Finish() {
    if (size_ > 0) at_--;  // what stands behind the last field is padding
    std::memset(at_, around_, kTextPadding);
    PadList(begin_.data(), size_);
    PadList(end_.data(), size_);
    FieldList list;
    list.text = text_.get();
    list.begin = begin_.data();
    list.end = end_.data();
    list.size = size_;
    return list;
  }

  uint32_t size() const { return size_; }

 private:
  std::unique_ptr<char[]> text_;
  std::vector<uint32_t> begin_, end_;
  char between_ = ',', around_ = '9';
  char* at_ = nullptr;
  uint32_t size_ = 0;
};

}  // namespace v0
}  // namespace headrace
