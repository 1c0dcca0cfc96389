#include "sink/ipc_codec.h"

#include <utility>
#include <vector>

#include "sink/page_codec.h"

namespace headrace {
inline namespace v0 {
namespace {

constexpr int64_t kSampleBytes = 64 << 10;  // that decide how a buffer is searched for repeats

// What is not compression of a whole buffer is Arrow's.
class ZstdBufferCodec : public arrow::util::Codec {
 public:
  ZstdBufferCodec(std::unique_ptr<PageCodec> pages, std::unique_ptr<arrow::util::Codec> arrows)
      : pages_(std::move(pages)), arrows_(std::move(arrows)) {}

  arrow::Result<int64_t> Compress(int64_t size, const uint8_t* buffer, int64_t /*room*/, uint8_t* to) override {
    RepeatSearch repeats = RepeatSearch::kTryBoth;
    if (size > 4 * kSampleBytes) {
      constexpr int64_t kValueBytes = 8;
      sample_.resize(static_cast<size_t>(pages_->MaxBytes(kSampleBytes)));
      const uint8_t* middle = buffer + size / 2 / kValueBytes * kValueBytes;
      ARROW_RETURN_NOT_OK(pages_->Compress({middle, kSampleBytes, 0, 0}, &repeats, sample_.data()));
    }
    return pages_->Compress({buffer, size, 0, 0}, &repeats, to);
  }
  int64_t MaxCompressedLen(int64_t size, const uint8_t* /*buffer*/) override { return pages_->MaxBytes(size); }

  arrow::Result<int64_t> Decompress(int64_t size, const uint8_t* buffer, int64_t room, uint8_t* to) override {
    return arrows_->Decompress(size, buffer, room, to);
  }
  arrow::Result<std::shared_ptr<arrow::util::Compressor>> MakeCompressor() override {
    return arrows_->MakeCompressor();
  }
  arrow::Result<std::shared_ptr<arrow::util::Decompressor>> MakeDecompressor() override {
    return arrows_->MakeDecompressor();
  }
  arrow::Compression::type compression_type() const override { return arrows_->compression_type(); }
  int compression_level() const override { return arrows_->compression_level(); }
  int minimum_compression_level() const override { return arrows_->minimum_compression_level(); }
  int maximum_compression_level() const override { return arrows_->maximum_compression_level(); }
  int default_compression_level() const override { return arrows_->default_compression_level(); }

 private:
  std::unique_ptr<PageCodec> pages_;
  std::unique_ptr<arrow::util::Codec> arrows_;
  std::vector<uint8_t> sample_;
};

}  // namespace

Result<std::shared_ptr<arrow::util::Codec>> MakeIpcCodec(arrow::Compression::type type, int level) {
  ARROW_ASSIGN_OR_RAISE(auto arrows, arrow::util::Codec::Create(type, level));
  if (type != arrow::Compression::ZSTD) return std::shared_ptr<arrow::util::Codec>(std::move(arrows));
  ARROW_ASSIGN_OR_RAISE(auto pages, PageCodec::Make(type, level));
  return std::make_shared<ZstdBufferCodec>(std::move(pages), std::move(arrows));
}

}  // namespace v0
}  // namespace headrace
