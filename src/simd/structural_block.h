#pragma once
// The algorithm of the structural index over 64-byte blocks, shared by every instruction set: a level supplies the
// block masks, this file turns masks into positions. Included by one file a level.
#if defined(__PCLMUL__)
#include <immintrin.h>
#endif

#include <cstdint>
#include <cstring>

#include "simd/structural.h"

namespace headrace {
inline namespace v0 {

/// One bit a byte of a block.
struct BlockMasks {
  uint64_t delimiter = 0, terminator = 0, quote = 0, non_ascii = 0;
};

/// Bit i of the result is the xor of bits 0 … i.
[[gnu::always_inline]] inline uint64_t PrefixXor(uint64_t bits) {
#if defined(__PCLMUL__)
  const __m128i ones = _mm_set1_epi8(-1);
  return static_cast<uint64_t>(
      _mm_cvtsi128_si64(_mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<int64_t>(bits)), ones, 0)));
#else
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
#endif
}

/// What one block hands to the next.
struct QuoteState {
  uint64_t inside = 0;           ///< all ones: the block begins inside quotes
  uint64_t after_separator = 1;  ///< 1: the byte before the block is a separator or the text's start
  uint64_t after_close = 0;      ///< 1: the byte before the block closed a quoted field
  uint64_t after_quote = 0;      ///< 1: the byte before the block is a quote
};

/// Separators outside quotes, and the first byte (64: none) at which a quote breaks RFC 4180.
struct QuotedBlock {
  uint64_t separators = 0;
  uint64_t double_quotes = 0;  // the second of two
  uint64_t inner_lines = 0;    // terminators inside quotes
  uint64_t unquoted = 0;       // bytes other than quotes that begin a field
  int suspect = 64;
};

[[gnu::always_inline]] inline QuotedBlock ResolveQuotes(const BlockMasks& masks, const char* block, uint64_t valid,
                                                        char terminator, QuoteState* state) {
  const uint64_t inside = PrefixXor(masks.quote) ^ state->inside;
  const uint64_t opens = masks.quote & inside;
  const uint64_t closes = masks.quote & ~inside;
  QuotedBlock result;
  result.separators = (masks.delimiter | masks.terminator) & ~inside;
  result.double_quotes = masks.quote & (masks.quote << 1 | state->after_quote);
  result.inner_lines = masks.terminator & inside;
  const uint64_t after_close = closes << 1 | state->after_close;
  const uint64_t begins = result.separators << 1 | state->after_separator;
  const uint64_t may_open = begins | after_close;
  result.unquoted = begins & ~masks.quote & valid;
  uint64_t suspects = (opens & ~may_open) | (after_close & ~(result.separators | masks.quote));
  suspects &= valid;
  while (suspects != 0) [[unlikely]] {
      const int at = __builtin_ctzll(suspects);
      const bool is_crlf = (after_close >> at & 1) && terminator == '\n' && block[at] == '\r' && (valid >> at) > 1 &&
                           block[at + 1] == '\n';
      if (!is_crlf) {
        result.suspect = at;
        break;
      }
      suspects &= suspects - 1;
    }
  state->inside = 0 - (inside >> 63);
  state->after_separator = result.separators >> 63;
  state->after_close = closes >> 63;
  state->after_quote = masks.quote >> 63;
  return result;
}

/// The whole pass. `kernel.Classify(block)` returns the BlockMasks of 64 bytes; `kernel.Append(bits, base, out)`
/// appends `base` + the place of each set bit and returns where the next ones go; it writes up to 64 entries whatever
/// `bits` holds.
template <class Kernel>
[[gnu::always_inline]] inline StructuralResult IndexBlocks(const char* text, uint32_t begin, uint32_t end,
                                                           const StructuralBytes& bytes, uint32_t* positions,
                                                           uint32_t capacity, const Kernel& kernel) {
  StructuralResult result;
  QuoteState state;
  uint32_t* out = positions;
  uint64_t non_ascii = 0, quotes = 0, double_quotes = 0, inner_lines = 0, unquoted = 0;
  uint32_t at = begin;
  for (; at < end; at += 64) {
    if (out - positions > static_cast<ptrdiff_t>(capacity)) {
      result.full = true;
      break;
    }
    BlockMasks masks = kernel.Classify(text + at);
    const uint64_t valid = end - at >= 64 ? ~uint64_t{0} : (uint64_t{1} << (end - at)) - 1;
    masks.delimiter &= valid;
    masks.terminator &= valid;
    masks.quote &= valid;
    non_ascii |= masks.non_ascii & valid;
    uint64_t separators = masks.delimiter | masks.terminator;
    if (bytes.quoting) {
      quotes |= masks.quote;
      if ((masks.quote | state.inside | state.after_close) == 0) [[likely]] {
        unquoted |= separators | state.after_separator;
        state.after_separator = separators >> 63;
      } else {
        const QuotedBlock resolved = ResolveQuotes(masks, text + at, valid, bytes.terminator, &state);
        separators = resolved.separators;
        double_quotes |= resolved.double_quotes;
        inner_lines |= resolved.inner_lines;
        unquoted |= resolved.unquoted;
        if (resolved.suspect < 64) [[unlikely]] {
          separators &= (uint64_t{1} << resolved.suspect) - 1;
          result.num_terminators += static_cast<uint32_t>(__builtin_popcountll(separators & masks.terminator));
          out = kernel.Append(separators, at, out);
          result.suspect = true;
          at += static_cast<uint32_t>(resolved.suspect);
          break;
        }
      }
    }
    result.num_terminators += static_cast<uint32_t>(__builtin_popcountll(separators & masks.terminator));
    out = kernel.Append(separators, at, out);
  }
  result.stopped_at = at < end ? at : end;
  result.num_positions = static_cast<uint32_t>(out - positions);
  result.has_quotes = quotes != 0;
  result.all_quoted = quotes != 0 && unquoted == 0;
  result.has_double_quotes = double_quotes != 0;
  result.has_inner_lines = inner_lines != 0;
  result.ascii = non_ascii == 0;
  return result;
}

}  // namespace v0
}  // namespace headrace
