#include "source/member_decoder.h"

#include <arrow/util/compression.h>
#include <isa-l/igzip_lib.h>
#include <lzma.h>

#include <algorithm>
#include <limits>

namespace headrace {
inline namespace v0 {
namespace {

constexpr uint64_t kXzMemoryBytes = uint64_t{256} << 20;  // xz -9 takes 65 MiB

const uint8_t* Bytes(const char* text) { return reinterpret_cast<const uint8_t*>(text); }
uint8_t* Bytes(char* text) { return reinterpret_cast<uint8_t*>(text); }

uint32_t Limited(int64_t size) {
  return static_cast<uint32_t>(std::min<int64_t>(size, std::numeric_limits<uint32_t>::max() / 2));
}

// Gives what was decoded first, and the failure with the next call.
class PatientDecoder : public MemberDecoder {
 public:
  Result<DecodeStep> Decode(const char* from, int64_t from_bytes, char* to, int64_t to_bytes) final {
    ARROW_RETURN_NOT_OK(failure_);
    DecodeStep step;
    failure_ = DecodeSome(from, from_bytes, to, to_bytes, &step);
    if (step.text_bytes == 0) ARROW_RETURN_NOT_OK(failure_);
    return step;
  }

 private:
  virtual Status DecodeSome(const char* from, int64_t from_bytes, char* to, int64_t to_bytes, DecodeStep* step) = 0;
  Status failure_;
};

class GzipDecoder : public PatientDecoder {
 public:
  GzipDecoder() {
    isal_inflate_init(&state_);
    state_.crc_flag = ISAL_GZIP;
  }
  Status Reset() override {
    isal_inflate_reset(&state_);
    state_.crc_flag = ISAL_GZIP;
    return Status::OK();
  }

 private:
  Status DecodeSome(const char* from, int64_t from_bytes, char* to, int64_t to_bytes, DecodeStep* step) override {
    state_.next_in = const_cast<uint8_t*>(Bytes(from));
    state_.avail_in = Limited(from_bytes);
    state_.next_out = Bytes(to);
    state_.avail_out = Limited(to_bytes);
    const int result = isal_inflate(&state_);
    step->source_bytes = state_.next_in - Bytes(from);
    step->text_bytes = state_.next_out - Bytes(to);
    step->ended = result == ISAL_DECOMP_OK && state_.block_state == ISAL_BLOCK_FINISH;
    if (result >= ISAL_DECOMP_OK && result <= ISAL_OUT_OVERFLOW) return Status::OK();
    switch (result) {
      case ISAL_INCORRECT_CHECKSUM:
        return Status::IOError("a gzip checksum is wrong");
      case ISAL_INVALID_WRAPPER:
      case ISAL_UNSUPPORTED_METHOD:
        return Status::IOError("bytes that are no gzip member");
      default:
        return Status::IOError("bytes that are no deflate data");
    }
  }

  inflate_state state_;
};

class XzDecoder : public PatientDecoder {
 public:
  ~XzDecoder() override { lzma_end(&stream_); }
  Status Reset() override {
    const lzma_ret result = lzma_stream_decoder(&stream_, kXzMemoryBytes, LZMA_TELL_UNSUPPORTED_CHECK);
    return result == LZMA_OK ? Status::OK() : Status::OutOfMemory("no memory for the xz decoder");
  }

 private:
  Status DecodeSome(const char* from, int64_t from_bytes, char* to, int64_t to_bytes, DecodeStep* step) override {
    stream_.next_in = Bytes(from);
    stream_.avail_in = static_cast<size_t>(from_bytes);
    stream_.next_out = Bytes(to);
    stream_.avail_out = static_cast<size_t>(to_bytes);
    const lzma_ret result = lzma_code(&stream_, LZMA_RUN);
    step->source_bytes = stream_.next_in - Bytes(from);
    step->text_bytes = stream_.next_out - Bytes(to);
    step->ended = result == LZMA_STREAM_END;
    switch (result) {
      case LZMA_OK:
      case LZMA_STREAM_END:
      case LZMA_BUF_ERROR:  // no progress: more bytes are needed
        return Status::OK();
      case LZMA_MEM_ERROR:
        return Status::OutOfMemory("no memory for the xz decoder");
      case LZMA_MEMLIMIT_ERROR:
        return Status::CapacityError("its xz dictionary needs ", lzma_memusage(&stream_) >> 20,
                                     " MiB of memory, more than ", kXzMemoryBytes >> 20);
      case LZMA_FORMAT_ERROR:
        return Status::IOError("bytes that are no xz stream");
      case LZMA_UNSUPPORTED_CHECK:
      case LZMA_OPTIONS_ERROR:
        return Status::IOError("xz options that this program does not know");
      default:
        return Status::IOError("bytes that are no xz data, or a wrong checksum");
    }
  }

  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class ArrowDecoder : public MemberDecoder {
 public:
  static Result<std::unique_ptr<MemberDecoder>> Make(arrow::Compression::type type) {
    auto decoder = std::make_unique<ArrowDecoder>();
    ARROW_ASSIGN_OR_RAISE(decoder->codec_, arrow::util::Codec::Create(type));
    ARROW_ASSIGN_OR_RAISE(decoder->decompressor_, decoder->codec_->MakeDecompressor());
    return decoder;
  }

  Result<DecodeStep> Decode(const char* from, int64_t from_bytes, char* to, int64_t to_bytes) override {
    ARROW_ASSIGN_OR_RAISE(const auto result, decompressor_->Decompress(from_bytes, Bytes(from), to_bytes, Bytes(to)));
    return DecodeStep{result.bytes_read, result.bytes_written, decompressor_->IsFinished()};
  }
  Status Reset() override { return decompressor_->Reset(); }

 private:
  std::unique_ptr<arrow::util::Codec> codec_;
  std::shared_ptr<arrow::util::Decompressor> decompressor_;
};

}  // namespace

Result<std::unique_ptr<MemberDecoder>> MakeMemberDecoder(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return std::make_unique<GzipDecoder>();
    case Compression::kXz: {
      auto decoder = std::make_unique<XzDecoder>();
      ARROW_RETURN_NOT_OK(decoder->Reset());
      return decoder;
    }
    case Compression::kZstd:
      return ArrowDecoder::Make(arrow::Compression::ZSTD);
    case Compression::kLz4:
      return ArrowDecoder::Make(arrow::Compression::LZ4_FRAME);
    case Compression::kBz2:
      return ArrowDecoder::Make(arrow::Compression::BZ2);
    case Compression::kNone:
      break;
  }
  return Status::UnknownError("a decoder for plain text");
}

}  // namespace v0
}  // namespace headrace
