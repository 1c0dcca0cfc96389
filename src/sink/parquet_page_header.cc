#include "sink/parquet_page_header.h"

#include <cstring>

namespace headrace {
inline namespace v0 {
namespace {

// A struct of Thrift's compact protocol: fields in ascending order, each with its distance from the one before.
class ThriftStruct {
 public:
  explicit ThriftStruct(uint8_t* to) : to_(to) {}

  void Int(int field, int32_t value) {
    Begin(field, kInt32);
    to_ = StoreVarint(static_cast<uint32_t>(value) << 1 ^ static_cast<uint32_t>(value >> 31), to_);
  }
  uint8_t* BeginStruct(int field) {
    Begin(field, kStruct);
    return to_;
  }
  void EndStruct(uint8_t* end) { to_ = end; }
  uint8_t* Stop() {
    *to_++ = 0;
    return to_;
  }

 private:
  static constexpr int kInt32 = 5, kStruct = 12;

  void Begin(int field, int type) {
    *to_++ = static_cast<uint8_t>((field - last_field_) << 4 | type);
    last_field_ = field;
  }

  uint8_t* to_;
  int last_field_ = 0;
};

// The integers of a stored header, in their order: what stands between them is known.
class StoredIntegers {
 public:
  StoredIntegers(const uint8_t* from, int64_t size) : at_(from), end_(from + size) {}

  int32_t Next() {
    at_++;  // the field's type
    uint32_t value = 0;
    for (int shift = 0; at_ < end_ && shift < 35; shift += 7) {
      value |= static_cast<uint32_t>(*at_ & 0x7F) << shift;
      if (*at_++ < 0x80) break;
    }
    return static_cast<int32_t>(value >> 1 ^ -(value & 1));
  }
  void BeginStruct() { at_++; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace

int LoadPageHeader(const uint8_t* from, int64_t size, PageHeader* header) {
  StoredIntegers integers(from, size);
  header->is_dictionary = integers.Next() != 0;
  header->uncompressed_bytes = integers.Next();
  header->compressed_bytes = integers.Next();
  header->crc32 = static_cast<uint32_t>(integers.Next());
  integers.BeginStruct();
  header->num_values = integers.Next();
  const int32_t encoding = integers.Next();
  if (encoding < 0 || encoding >= parquet::Encoding::UNDEFINED) return 0;  // which the enum could not even hold
  header->encoding = static_cast<parquet::Encoding::type>(encoding);
  uint8_t stored[kMaxPageHeaderBytes];
  const int length = StorePageHeader(*header, stored);
  return length <= size && std::memcmp(stored, from, static_cast<size_t>(length)) == 0 ? length : 0;
}

uint8_t* StoreVarint(uint64_t value, uint8_t* to) {
  for (; value > 0x7F; value >>= 7) *to++ = static_cast<uint8_t>(value | 0x80);
  *to++ = static_cast<uint8_t>(value);
  return to;
}

int StorePageHeader(const PageHeader& header, uint8_t* to) {
  constexpr int kDataPage = 0, kDictionaryPage = 2;               // enum PageType
  constexpr int kDataPageHeader = 5, kDictionaryPageHeader = 7;   // fields of PageHeader
  const auto rle = static_cast<int32_t>(parquet::Encoding::RLE);  // parquet-cpp's enum has the format's numbers
  ThriftStruct page(to);
  page.Int(1, header.is_dictionary ? kDictionaryPage : kDataPage);
  page.Int(2, header.uncompressed_bytes);
  page.Int(3, header.compressed_bytes);
  page.Int(4, static_cast<int32_t>(header.crc32));
  ThriftStruct inner(page.BeginStruct(header.is_dictionary ? kDictionaryPageHeader : kDataPageHeader));
  inner.Int(1, header.num_values);
  inner.Int(2, static_cast<int32_t>(header.encoding));
  if (!header.is_dictionary) {
    inner.Int(3, rle);  // of definition levels
    inner.Int(4, rle);  // of repetition levels
  }
  page.EndStruct(inner.Stop());
  return static_cast<int>(page.Stop() - to);
}

}  // namespace v0
}  // namespace headrace
