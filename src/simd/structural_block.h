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
  uint64_t delimiter = 0, terminator = 0, quote = 0;
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

/// What is seen of quotes, or-ed over the blocks.
struct QuotesSeen {
  uint64_t quotes = 0, double_quotes = 0, inner_lines = 0, unquoted = 0;
};

/// The separators of a block of a dialect with quotes; *double_quotes and *suspect as in QuotedBlock.
[[gnu::always_inline]] inline uint64_t QuotedSeparators(const BlockMasks& masks, const char* block, uint64_t valid,
                                                        char terminator, QuoteState* state, QuotesSeen* seen,
                                                        uint64_t* double_quotes, int* suspect) {
  if ((masks.quote | state->inside | state->after_close) == 0) [[likely]] {
    const uint64_t separators = masks.delimiter | masks.terminator;
    seen->unquoted |= separators | state->after_separator;
    state->after_separator = separators >> 63;
    *double_quotes = 0;
    return separators;
  }
  const QuotedBlock resolved = ResolveQuotes(masks, block, valid, terminator, state);
  seen->quotes |= masks.quote;
  seen->double_quotes |= resolved.double_quotes;
  *double_quotes = resolved.double_quotes;
  seen->inner_lines |= resolved.inner_lines;
  seen->unquoted |= resolved.unquoted;
  *suspect = resolved.suspect;
  if (resolved.suspect == 64) [[likely]]
    return resolved.separators;
  return resolved.separators & ((uint64_t{1} << resolved.suspect) - 1);
}

/// The whole pass. `kernel.Classify(block)` returns the BlockMasks of 64 bytes, `kernel.NonAscii(block)` the mask of
/// bytes above 0x7F; `kernel.Collect(block)` keeps whether there were any, for `kernel.collected_non_ascii()`.
/// `kernel.Append(bits, base, out)` appends `base` + the place of each set bit and returns where the next ones go; it
/// writes up to 64 entries whatever `bits` holds.
template <bool kQuoting, class Kernel>
[[gnu::always_inline]] inline StructuralResult IndexBlocksOf(const char* text, uint32_t begin, uint32_t end,
                                                             const StructuralBytes& bytes, const StructuralRoom& room,
                                                             Kernel kernel) {
  StructuralResult result;
  QuoteState state;
  QuotesSeen seen;
  uint32_t* out = room.positions;
  const uint32_t* const last = room.positions + room.capacity;
  uint64_t* double_quotes = room.double_quotes;
  uint64_t num_terminators = 0, tail_non_ascii = 0;
  int suspect = 64;
  uint32_t at = begin;
  for (; at < end && out <= last; at += 64) {
    BlockMasks masks = kernel.Classify(text + at);
    uint64_t valid = ~uint64_t{0};
    if (end - at >= 64) [[likely]] {
      kernel.Collect(text + at);
    } else {
      valid = (uint64_t{1} << (end - at)) - 1;
      masks.delimiter &= valid;
      masks.terminator &= valid;
      masks.quote &= valid;
      tail_non_ascii = kernel.NonAscii(text + at) & valid;
    }
    uint64_t separators = masks.delimiter | masks.terminator;
    if constexpr (kQuoting) {
      separators =
          QuotedSeparators(masks, text + at, valid, bytes.terminator, &state, &seen, double_quotes++, &suspect);
    }
    num_terminators += static_cast<uint64_t>(__builtin_popcountll(separators & masks.terminator));
    out = kernel.Append(separators, at, out);
    if (kQuoting && suspect < 64) [[unlikely]]
      break;
  }
  result.suspect = suspect < 64;
  result.full = at < end && !result.suspect;
  if (result.suspect) at += static_cast<uint32_t>(suspect);
  result.stopped_at = at < end ? at : end;
  result.num_positions = static_cast<uint32_t>(out - room.positions);
  result.num_terminators = static_cast<uint32_t>(num_terminators);
  result.has_quotes = seen.quotes != 0;
  result.all_quoted = seen.quotes != 0 && seen.unquoted == 0;
  result.has_double_quotes = seen.double_quotes != 0;
  result.has_inner_lines = seen.inner_lines != 0;
  result.ascii = tail_non_ascii == 0 && !kernel.collected_non_ascii();
  return result;
}

/// The pass for any dialect: without quotes there is no word of them in the loop.
template <class Kernel>
[[gnu::always_inline]] inline StructuralResult IndexBlocks(const char* text, uint32_t begin, uint32_t end,
                                                           const StructuralBytes& bytes, const StructuralRoom& room,
                                                           const Kernel& kernel) {
  if (bytes.quoting) return IndexBlocksOf<true>(text, begin, end, bytes, room, kernel);
  return IndexBlocksOf<false>(text, begin, end, bytes, room, kernel);
}

}  // namespace v0
}  // namespace headrace
