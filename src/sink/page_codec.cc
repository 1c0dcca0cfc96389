#include "sink/page_codec.h"

#define ZSTD_STATIC_LINKING_ONLY  // for ZSTD_compressSequences; the library is linked statically
#include <zstd.h>

#include <cstring>
#include <vector>

#include "sink/value_repeats.h"
#include "sink/zstd_frame.h"

namespace headrace {
inline namespace v0 {
namespace {

class ArrowPageCodec : public PageCodec {
 public:
  ArrowPageCodec(arrow::Compression::type type, std::unique_ptr<arrow::util::Codec> codec)
      : PageCodec(type, false), codec_(std::move(codec)) {}

  int64_t MaxBytes(int64_t size) const override { return codec_->MaxCompressedLen(size, nullptr); }
  Result<int64_t> Compress(const PageBytes& page, RepeatSearch* /*repeats*/, uint8_t* to) override {
    return codec_->Compress(page.size, page.data, MaxBytes(page.size), to);
  }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
};

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

class ZstdPageCodec : public PageCodec {
 public:
  // Below level 1 speed is wanted, and entropy coding takes most of it.
  ZstdPageCodec(std::unique_ptr<ZSTD_CCtx, FreeContext> context, int level)
      : PageCodec(arrow::Compression::ZSTD, level >= 1), context_(std::move(context)) {}

  int64_t MaxBytes(int64_t size) const override {
    return static_cast<int64_t>(ZSTD_compressBound(static_cast<size_t>(size)));
  }

  Result<int64_t> Compress(const PageBytes& page, RepeatSearch* repeats, uint8_t* to) override {
    if (page.plane_bytes > 0) return CompressPlanes(page, to);
    if (*repeats == RepeatSearch::kOfBytes || !finds_values() || !ValueRepeats::Takes(page))
      return CompressBytes(page, to);
    if (*repeats == RepeatSearch::kOfValues) return CompressValues(page, to);
    ARROW_ASSIGN_OR_RAISE(const int64_t of_bytes, CompressBytes(page, to));
    other_.resize(static_cast<size_t>(MaxBytes(page.size)));
    ARROW_ASSIGN_OR_RAISE(const int64_t of_values, CompressValues(page, other_.data()));
    *repeats = of_values < of_bytes ? RepeatSearch::kOfValues : RepeatSearch::kOfBytes;
    if (of_values >= of_bytes) return of_bytes;
    std::memcpy(to, other_.data(), static_cast<size_t>(of_values));
    return of_values;
  }

 private:
  static Result<int64_t> Checked(size_t result) {
    if (ZSTD_isError(result) == 0) return static_cast<int64_t>(result);
    return Status::IOError("zstd cannot compress a page: ", ZSTD_getErrorName(result));
  }

  Result<int64_t> CompressBytes(const PageBytes& page, uint8_t* to) {
    return Checked(ZSTD_compress2(context_.get(), to, static_cast<size_t>(MaxBytes(page.size)), page.data,
                                  static_cast<size_t>(page.size)));
  }

  // The first planes of floats are often noise. Where the very first one has no repeats either, those that are spread
  // as evenly are stored as they are; the levels before them are coded without a search, the other planes with one.
  Result<int64_t> CompressPlanes(const PageBytes& page, uint8_t* to) {
    const uint8_t* const planes = page.data + page.values_at;
    const uint8_t* const end = page.data + page.size;
    if (!AreSpreadEvenly(planes, page.plane_bytes)) return CompressBytes(page, to);
    other_.resize(static_cast<size_t>(MaxBytes(page.size)));
    ARROW_ASSIGN_OR_RAISE(const int64_t first, CompressBytes({planes, page.plane_bytes}, other_.data()));
    if (first < page.plane_bytes) return CompressBytes(page, to);
    const uint8_t* rest = planes + page.plane_bytes;
    while (rest < end && AreSpreadEvenly(rest, page.plane_bytes)) rest += page.plane_bytes;
    uint8_t* at = StoreFrameHeader(page.size, to);
    ARROW_ASSIGN_OR_RAISE(const int64_t levels, CompressLiterals(page.data, page.values_at, other_.data()));
    at = AppendBlocks(other_.data(), levels, false, at);
    at = StoreRawBlocks(planes, rest - planes, rest == end, at);
    if (rest == end) return at - to;
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, CompressBytes({rest, end - rest}, other_.data()));
    return AppendBlocks(other_.data(), bytes, true, at) - to;
  }

  // One block, of entropy-coded bytes alone.
  Result<int64_t> CompressLiterals(const uint8_t* data, int64_t size, uint8_t* to) {
    const ZSTD_Sequence all{0, static_cast<unsigned>(size), 0, 0};
    return Checked(ZSTD_compressSequences(context_.get(), to, static_cast<size_t>(MaxBytes(size)), &all, 1, data,
                                          static_cast<size_t>(size)));
  }

  Result<int64_t> CompressValues(const PageBytes& page, uint8_t* to) {
    const auto& found = repeats_.Find(page);
    return Checked(ZSTD_compressSequences(context_.get(), to, static_cast<size_t>(MaxBytes(page.size)), found.data(),
                                          found.size(), page.data, static_cast<size_t>(page.size)));
  }

  std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
  ValueRepeats repeats_;
  std::vector<uint8_t> other_;
};

Result<std::unique_ptr<PageCodec>> MakeZstd(int level) {
  std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) return Status::OutOfMemory("no memory for zstd");
  if (level == arrow::util::kUseDefaultCompressionLevel) level = ZSTD_CLEVEL_DEFAULT;
  for (const auto& [parameter, value] : {std::pair(ZSTD_c_compressionLevel, level),
                                         std::pair(ZSTD_c_blockDelimiters, int{ZSTD_sf_explicitBlockDelimiters})}) {
    const size_t result = ZSTD_CCtx_setParameter(context.get(), parameter, value);
    if (ZSTD_isError(result) != 0) return Status::Invalid("zstd: ", ZSTD_getErrorName(result));
  }
  return std::make_unique<ZstdPageCodec>(std::move(context), level);
}

}  // namespace

Result<std::unique_ptr<PageCodec>> PageCodec::Make(arrow::Compression::type type, int level) {
  if (type == arrow::Compression::UNCOMPRESSED) return nullptr;
  if (type == arrow::Compression::ZSTD) return MakeZstd(level);
  ARROW_ASSIGN_OR_RAISE(auto codec, arrow::util::Codec::Create(type, level));
  return std::make_unique<ArrowPageCodec>(type, std::move(codec));
}

}  // namespace v0
}  // namespace headrace
