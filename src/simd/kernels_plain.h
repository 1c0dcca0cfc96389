#pragma once
// The plain twins of those kernels that have them in this room (IsValidUtf8 is in simd/utf8.h).
#include "simd/columns.h"
#include "simd/copy_texts.h"
#include "simd/expand.h"
#include "simd/structural.h"
#include "simd/summarize_kernels.h"
#include "simd/text_keys.h"

namespace headrace {
inline namespace v0 {

StructuralResult IndexStructuralsPlain(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                       const StructuralRoom& room);
uint32_t TurnColumnsPlain(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                          const ColumnTile& tile);
int64_t CopyTextsPlain(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char* bytes,
                       int64_t num_bytes, int32_t* offsets);
void ExpandValuesPlain(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                       uint8_t* out);
extern const SummarizeKernels kSummarizePlain;
TextKeyRange KeyTextsPlain(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count, uint64_t* keys);
int64_t KeepTextsPlain(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end, int64_t count,
                       int32_t* kept_begin, int32_t* kept_end);

}  // namespace v0
}  // namespace headrace
