// A fuzz target on random input, without a fuzzer and with any compiler: its short form, so that it is built and run by
// the tests.
//   fuzz_NAME_short COUNT [SEED]
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr std::string_view kLikely = ",,,;\t\n\n\r\"\"'\\0123456789.-+eE:TZ naif\xc3\xa9\xff";
constexpr std::string_view kFields[] = {"",     "",      "7",          "-12.5",     "1e5",     "ab",
                                        "\"\"", "\"q\"", "\"a\"\"b\"", "\"x,\ny\"", "\xc3\xa9"};
constexpr std::string_view kSeparators[] = {",", ",", ",", "\n", "\n", "\r\n", "\n\n", ";", "\r"};
constexpr size_t kMostBytes = 600;

// Any bytes, or those that mean something to a reader of text, or a mixture, after what is nearly a table or without
// it; runs of one byte now and then.
std::vector<uint8_t> Draw(std::mt19937_64* random) {
  const auto below = [&](size_t limit) { return static_cast<size_t>((*random)() % limit); };
  const size_t likely_of_8 = below(9);
  std::vector<uint8_t> input;
  for (size_t i = below(8); i > 0; i--) input.push_back(static_cast<uint8_t>(below(256)));  // options of the target
  for (size_t fields = below(2) == 0 ? 0 : below(60); fields > 0; fields--) {
    for (const std::string_view text :
         {kFields[below(std::size(kFields))], kSeparators[below(std::size(kSeparators))]}) {
      input.insert(input.end(), text.begin(), text.end());
    }
  }
  for (size_t size = below(kMostBytes); input.size() < size;) {
    const size_t any = below(256);
    const auto byte = static_cast<uint8_t>(below(8) < likely_of_8 ? kLikely[below(kLikely.size())] : any);
    input.insert(input.end(), below(16) == 0 ? below(70) : 1, byte);
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t count = argc > 1 ? std::atoll(argv[1]) : 0;
  const int64_t seed = argc > 2 ? std::atoll(argv[2]) : 1;
  if (count <= 0) {
    std::cerr << "usage: " << argv[0] << " COUNT [SEED]\n";
    return 2;
  }
  for (int64_t i = 0; i < count; i++) {
    std::mt19937_64 random(static_cast<uint64_t>(seed + i));
    const std::vector<uint8_t> input = Draw(&random);
    std::cerr << "\rseed " << seed + i << std::flush;  // the last one that is told is the one that failed
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::cerr << "\r" << count << " inputs, no fault\n";
  return 0;
}
