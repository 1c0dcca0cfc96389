#pragma once
// The kernels of src/simd/*_avx2.cc, which are defined for x86-64 alone. What they do is told at their types.
#include "simd/columns.h"
#include "simd/copy_texts.h"
#include "simd/decode_kernels.h"
#include "simd/expand.h"
#include "simd/structural.h"
#include "simd/summarize_kernels.h"
#include "simd/telling_numbers.h"
#include "simd/text_keys.h"
#include "simd/utf8.h"

namespace headrace {
inline namespace v0 {

StructuralResult IndexStructuralsAvx2(const char* text, uint32_t begin, uint32_t end, const StructuralBytes& bytes,
                                      const StructuralRoom& room);
uint32_t TurnColumnsAvx2(const uint32_t* ends, uint32_t columns, uint32_t rows, uint32_t count, uint32_t quote,
                         const ColumnTile& tile);
int64_t CopyTextsAvx2(const char* text, const uint32_t* begin, const uint32_t* end, uint32_t count, char* bytes,
                      int64_t num_bytes, int32_t* offsets);
bool IsValidUtf8Avx2(const char* begin, const char* end);
void ExpandValuesAvx2(int width, const uint8_t* dense, int64_t num_values, const uint64_t* validity, int64_t rows,
                      uint8_t* out);
extern const SummarizeKernels kSummarizeAvx2;
TextKeyRange KeyTextsAvx2(const char* bytes, const int32_t* begin, const int32_t* end, int64_t count, uint64_t* keys);
int64_t KeepTextsAvx2(const uint64_t* keys, uint64_t key, const int32_t* begin, const int32_t* end, int64_t count,
                      int32_t* kept_begin, int32_t* kept_end);

uint64_t FindPresentAvx2(const uint32_t* begin, const uint32_t* end, uint32_t first, uint32_t count,
                         PresentLists* present);
uint64_t FindTellingNumbersAvx2(const FieldBlock& block, ToldNumbers* told, uint64_t* telling);
uint64_t ReadIntegersAvx2(const FieldBlock& block, int8_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, int16_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, int32_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, int64_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint8_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint16_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint32_t* values);
uint64_t ReadIntegersAvx2(const FieldBlock& block, uint64_t* values);
uint64_t ReadFloatsAvx2(const FieldBlock& block, float* values);
uint64_t ReadFloatsAvx2(const FieldBlock& block, double* values);
uint64_t ReadCheckedDoublesAvx2(const FieldBlock& block, double* values, uint64_t* given_back);
uint64_t ReadDecimalsAvx2(const FieldBlock& block, int precision, int scale, __int128* values);
uint64_t ReadDatesAvx2(const FieldBlock& block, int32_t* values);
uint64_t ReadTimestampsAvx2(const FieldBlock& block, int unit_digits, Zulu zulu, int64_t* values);

}  // namespace v0
}  // namespace headrace
