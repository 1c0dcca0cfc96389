// A field is described by masks of its first 32 bytes, a bit a byte: digits, zeros, dots. The rest is counting bits, in
// lanes, eight fields at a time; no branch depends on the data but for fields that are outside the shape or new.
// The build compiles this file (and every *_avx2.cc) with AVX2 on; it includes nothing that is not inlined here.
#include "simd/kernels_avx2.h"

#if defined(__x86_64__)
#include "simd/decode_lanes_avx2.h"
#include "simd/telling_in_order.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int32_t kMaxLength = 30, kMaxInteger = 15, kMaxSignificant = 17;

// Bits of the first 32 bytes of eight fields.
struct ByteMasks {
  alignas(32) uint32_t digits[8], zeros[8], dots[8], first[8];
};

// Eight fields, a lane each; masks are all ones or zeros.
struct NumberShapes {
  __m256i outside, has_dot, negative, integer_digits, fraction_digits;
};

inline uint32_t ByteBits(__m256i bytes) { return static_cast<uint32_t>(_mm256_movemask_epi8(bytes)); }

inline void MaskBytes(const FieldBlock& block, uint32_t from, ByteMasks* masks) {
  const __m256i nine = _mm256_set1_epi8(9), zero = _mm256_setzero_si256(), dot = _mm256_set1_epi8('.' - '0');
  for (uint32_t k = 0; k < 8; k++) {
    const char* field = block.text + block.begin[from + k];
    const __m256i values = _mm256_sub_epi8(Load32(field), _mm256_set1_epi8('0'));
    masks->digits[k] = ByteBits(_mm256_cmpeq_epi8(_mm256_min_epu8(values, nine), values));
    masks->zeros[k] = ByteBits(_mm256_cmpeq_epi8(values, zero));
    masks->dots[k] = ByteBits(_mm256_cmpeq_epi8(values, dot));
    __builtin_memcpy(&masks->first[k], field, sizeof(uint32_t));
  }
}

// The place of the lowest bit, which is below bit 31: a float's exponent.
inline __m256i LowestBit(__m256i bits) {
  const __m256i lowest = _mm256_and_si256(bits, _mm256_sub_epi32(_mm256_setzero_si256(), bits));
  const __m256i exponent = _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(lowest)), 23);
  return _mm256_sub_epi32(exponent, _mm256_set1_epi32(127));
}

inline __m256i And(__m256i a, __m256i b) { return _mm256_and_si256(a, b); }
inline __m256i Or(__m256i a, __m256i b) { return _mm256_or_si256(a, b); }
inline __m256i Differ(__m256i a, __m256i b) {
  return _mm256_andnot_si256(_mm256_cmpeq_epi32(a, b), _mm256_set1_epi32(-1));
}

inline NumberShapes Describe(const FieldBlock& block, uint32_t from) {
  ByteMasks masks;
  MaskBytes(block, from, &masks);
  const __m256i none = _mm256_setzero_si256(), one = _mm256_set1_epi32(1);
  const __m256i whole_length = Lengths(block, from);
  const __m256i length = _mm256_min_epu32(whole_length, _mm256_set1_epi32(kMaxLength));
  const __m256i end = _mm256_sllv_epi32(one, length);
  NumberShapes shapes;
  shapes.negative =
      _mm256_cmpeq_epi32(And(Load32(masks.first), _mm256_set1_epi32(0xFF)), _mm256_set1_epi32('-'));  // -1 for a minus
  const __m256i minus = And(shapes.negative, one);
  const __m256i all = _mm256_andnot_si256(minus, _mm256_sub_epi32(end, one));
  const __m256i digits = And(Load32(masks.digits), all), dots = And(Load32(masks.dots), all);
  const __m256i nonzero = _mm256_andnot_si256(Load32(masks.zeros), digits);
  const __m256i no_dot = _mm256_cmpeq_epi32(dots, none), is_zero = _mm256_cmpeq_epi32(nonzero, none);
  const __m256i point = LowestBit(Or(dots, end)), first = LowestBit(Or(nonzero, end));
  const __m256i integer = _mm256_sub_epi32(point, minus);
  const __m256i begins_with_zero = _mm256_cmpeq_epi32(And(_mm256_srlv_epi32(Load32(masks.zeros), minus), one), one);
  const __m256i lone_zero = And(begins_with_zero, _mm256_cmpeq_epi32(integer, one));
  shapes.has_dot = _mm256_andnot_si256(no_dot, _mm256_set1_epi32(-1));
  shapes.integer_digits = _mm256_add_epi32(integer, lone_zero);
  shapes.fraction_digits = _mm256_add_epi32(_mm256_sub_epi32(length, point), shapes.has_dot);
  const __m256i dot_behind = _mm256_cmpgt_epi32(dots, _mm256_sub_epi32(_mm256_sllv_epi32(one, first), one));
  const __m256i significant = _mm256_add_epi32(_mm256_sub_epi32(length, first), dot_behind);
  const __m256i counted = _mm256_blendv_epi8(significant, integer, no_dot);
  const __m256i most = _mm256_blendv_epi8(_mm256_set1_epi32(kMaxSignificant), _mm256_set1_epi32(kMaxInteger), no_dot);
  const __m256i no_number = Or(Or(Differ(Or(digits, dots), all), _mm256_cmpeq_epi32(all, none)),
                               Differ(And(dots, _mm256_sub_epi32(dots, one)), none));
  const __m256i loose = Or(Or(And(begins_with_zero, _mm256_cmpgt_epi32(integer, one)), And(shapes.negative, is_zero)),
                           And(shapes.has_dot, _mm256_cmpeq_epi32(shapes.fraction_digits, none)));
  shapes.outside = Or(Or(no_number, loose), Or(Differ(length, whole_length), _mm256_cmpgt_epi32(counted, most)));
  return shapes;
}

// Lanes that tell something new.
inline __m256i FindNew(const NumberShapes& shapes, const ToldNumbers& told) {
  const auto all_if = [](bool condition) { return _mm256_set1_epi32(condition ? -1 : 0); };
  const __m256i new_kind = _mm256_blendv_epi8(all_if(!told.integers), all_if(!told.decimals), shapes.has_dot);
  const __m256i more = Or(_mm256_cmpgt_epi32(shapes.integer_digits, _mm256_set1_epi32(told.integer_digits)),
                          _mm256_cmpgt_epi32(shapes.fraction_digits, _mm256_set1_epi32(told.fraction_digits)));
  return Or(Or(new_kind, more), And(shapes.negative, all_if(!told.negative)));
}

// Take in those of eight fields that are still new when it is their turn, in order; return their mask.
[[gnu::noinline]] uint32_t TakeNew(const NumberShapes& shapes, uint32_t maybe_new, ToldNumbers* told) {
  alignas(32) int32_t integer_digits[8], fraction_digits[8];
  Store32(integer_digits, shapes.integer_digits);
  Store32(fraction_digits, shapes.fraction_digits);
  return TakeInOrder({LaneBits(shapes.has_dot), LaneBits(shapes.negative), integer_digits, fraction_digits}, maybe_new,
                     told);
}

}  // namespace

uint64_t FindTellingNumbersAvx2(const FieldBlock& block, ToldNumbers* told, uint64_t* telling) {
  uint64_t outside = 0, found = 0;
  const uint64_t of_block = LowBits(block.size);
  for (uint32_t i = 0; i < block.size; i += 8) {
    const NumberShapes shapes = Describe(block, i);
    const uint32_t odd = LaneBits(shapes.outside);
    const uint32_t maybe_new = LaneBits(FindNew(shapes, *told)) & ~odd & static_cast<uint32_t>(of_block >> i & 0xFF);
    if (maybe_new != 0) [[unlikely]]
      found |= uint64_t{TakeNew(shapes, maybe_new, told)} << i;
    outside |= uint64_t{odd} << i;
  }
  *telling = found;
  return outside & of_block;
}

}  // namespace v0
}  // namespace headrace
#endif
