#pragma once
// The kernels of src/simd/*_avx512.cc, which are defined for x86-64 alone. What they do is told at their types; a
// kernel that is not here is the one for AVX2 (simd/kernels.cc).
#include "simd/columns.h"
#include "simd/decode_kernels.h"
#include "simd/expand.h"
#include "simd/structural.h"
#include "simd/summarize_kernels.h"
#include "simd/text_keys.h"
#include "simd/utf8.h"

namespace headrace {
inline namespace v0 {

StructuralResult IndexStructuralsAvx512(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                        const StructuralRoom& room);
uint32_t TurnColumnsAvx512(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                           const ColumnTile& tile);
bool IsValidUtf8Avx512(const char* begin, const char* end);
void ExpandValuesAvx512(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                        uint8_t* out);
extern const SummarizeKernels kSummarizeAvx512;
TextKeyRange KeyTextsAvx512(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count, uint64_t* keys);
int64_t KeepTextsAvx512(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end, int64_t count,
                        int32_t* kept_begin, int32_t* kept_end);

uint64_t FindPresentAvx512(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count,
                           PresentLists* present);
uint64_t ReadIntegersAvx512(const FieldBlock& block, int8_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, int16_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, int32_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, int64_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint8_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint16_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint32_t* values);
uint64_t ReadIntegersAvx512(const FieldBlock& block, uint64_t* values);
uint64_t ReadFloatsAvx512(const FieldBlock& block, float* values);
uint64_t ReadFloatsAvx512(const FieldBlock& block, double* values);
uint64_t ReadDecimalsAvx512(const FieldBlock& block, int precision, int scale, __int128* values);
uint64_t ReadDatesAvx512(const FieldBlock& block, int32_t* values);
uint64_t ReadTimestampsAvx512(const FieldBlock& block, int unit_digits, Zulu zulu, int64_t* values);

}  // namespace v0
}  // namespace headrace
