#include "simd/kernels.h"

#include <atomic>

#include "simd/kernels_avx2.h"
#include "simd/kernels_avx512.h"
#include "simd/kernels_neon.h"
#include "simd/kernels_plain.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr Kernels kPlainKernels = {
    .level = SimdLevel::kPlain,
    .index_structurals = IndexStructuralsPlain,
    .turn_columns = TurnColumnsPlain,
    .copy_texts = CopyTextsPlain,
    .is_valid_utf8 = IsValidUtf8,
    .expand_values = ExpandValuesPlain,
    .summarize = &kSummarizePlain,
    .key_texts = KeyTextsPlain,
    .keep_texts = KeepTextsPlain,
    .find_present = nullptr,
    .find_telling_numbers = nullptr,
    .numbers = {},
    .read_checked_doubles = nullptr,
    .read_decimals = nullptr,
    .read_dates = nullptr,
    .read_timestamps = nullptr,
};

#if defined(__x86_64__)
constexpr Kernels kAvx2Kernels = {
    .level = SimdLevel::kAvx2,
    .index_structurals = IndexStructuralsAvx2,
    .turn_columns = TurnColumnsAvx2,
    .copy_texts = CopyTextsAvx2,
    .is_valid_utf8 = IsValidUtf8Avx2,
    .expand_values = ExpandValuesAvx2,
    .summarize = &kSummarizeAvx2,
    .key_texts = KeyTextsAvx2,
    .keep_texts = KeepTextsAvx2,
    .find_present = FindPresentAvx2,
    .find_telling_numbers = FindTellingNumbersAvx2,
    .numbers = {ReadIntegersAvx2, ReadIntegersAvx2, ReadIntegersAvx2, ReadIntegersAvx2, ReadIntegersAvx2,
                ReadIntegersAvx2, ReadIntegersAvx2, ReadIntegersAvx2, ReadFloatsAvx2, ReadFloatsAvx2},
    .read_checked_doubles = ReadCheckedDoublesAvx2,
    .read_decimals = ReadDecimalsAvx2,
    .read_dates = ReadDatesAvx2,
    .read_timestamps = ReadTimestampsAvx2,
};
constexpr Kernels kAvx512Kernels = {
    .level = SimdLevel::kAvx512,
    .index_structurals = IndexStructuralsAvx512,
    .turn_columns = TurnColumnsAvx512,
    .copy_texts = CopyTextsAvx2,  // 64 bytes across two lines gain nothing
    .is_valid_utf8 = IsValidUtf8Avx512,
    .expand_values = ExpandValuesAvx512,
    .summarize = &kSummarizeAvx512,
    .key_texts = KeyTextsAvx512,
    .keep_texts = KeepTextsAvx512,
    .find_present = FindPresentAvx512,
    .find_telling_numbers = FindTellingNumbersAvx2,  // bits of bytes a field at a time: wider registers gain little
    .numbers = {ReadIntegersAvx512, ReadIntegersAvx512, ReadIntegersAvx512, ReadIntegersAvx512, ReadIntegersAvx512,
                ReadIntegersAvx512, ReadIntegersAvx512, ReadIntegersAvx512, ReadFloatsAvx512, ReadFloatsAvx512},
    .read_checked_doubles = ReadCheckedDoublesAvx2,  // written for that level alone
    .read_decimals = ReadDecimalsAvx512,
    .read_dates = ReadDatesAvx512,
    .read_timestamps = ReadTimestampsAvx512,
};
#elif defined(__aarch64__)
constexpr Kernels kNeonKernels = {
    .level = SimdLevel::kNeon,
    .index_structurals = IndexStructuralsNeon,
    .turn_columns = TurnColumnsNeon,
    .copy_texts = CopyTextsPlain,  // compiles to registers of 16 bytes
    .is_valid_utf8 = IsValidUtf8Neon,
    .expand_values = ExpandValuesNeon,
    .summarize = &kSummarizeNeon,
    .key_texts = KeyTextsPlain,  // loads one by one are most of it
    .keep_texts = KeepTextsPlain,
    .find_present = FindPresentNeon,
    .find_telling_numbers = FindTellingNumbersNeon,
    .numbers = {ReadIntegersNeon, ReadIntegersNeon, ReadIntegersNeon, ReadIntegersNeon, ReadIntegersNeon,
                ReadIntegersNeon, ReadIntegersNeon, ReadIntegersNeon, ReadFloatsNeon, ReadFloatsNeon},
    .read_checked_doubles = nullptr,
    .read_decimals = ReadDecimalsNeon,
    .read_dates = ReadDatesNeon,
    .read_timestamps = ReadTimestampsNeon,
};
#endif

std::atomic<const Kernels*>& Active() {
  static std::atomic<const Kernels*> kernels{&KernelsOf(InitialSimdLevel())};
  return kernels;
}

}  // namespace

const Kernels& KernelsOf(SimdLevel level) {
#if defined(__x86_64__)
  if (level == SimdLevel::kAvx2) return kAvx2Kernels;
  if (level == SimdLevel::kAvx512) return kAvx512Kernels;
#elif defined(__aarch64__)
  if (level == SimdLevel::kNeon) return kNeonKernels;
#endif
  return kPlainKernels;
}

const Kernels& ActiveKernels() { return *Active().load(std::memory_order_relaxed); }

void ForceKernelsForTesting(const Kernels& kernels) { Active().store(&kernels, std::memory_order_relaxed); }

}  // namespace v0
}  // namespace headrace
