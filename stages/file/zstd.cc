#include <zstd.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "stages/file/codec.h"

namespace weir::file {
namespace {

class ZstdDecoder final : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  // A call that fails does not say how much it had made before. So each gets what the last one
  // asked for and no more, which is one block, and none while output waits for room: then a failing
  // call has made nothing, and what comes out before an error does not depend on how the input
  // arrived.
  std::size_t decode(std::string_view& in, std::span<char> out) override {
    if (ZSTD_isError(code_) || (code_ == 0 && in.empty())) return 0;
    const std::size_t step = flushing_ ? 0 : (code_ == 0 ? kFrameStart : code_);
    ZSTD_inBuffer input{in.data(), std::min(in.size(), step), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(stream_, &output, &input);
    flushing_ = !ZSTD_isError(code) && output.pos == output.size;
    code_ = code;
    if (ZSTD_isError(code_)) return 0;
    in.remove_prefix(input.pos);
    return output.pos;
  }
  std::string failure() const override {
    return ZSTD_isError(code_) ? ZSTD_getErrorName(code_) : "";
  }
  bool complete() const override { return code_ == 0; }

 private:
  static constexpr std::size_t kFrameStart = 5;

  ZSTD_DStream* stream_;
  std::size_t code_ = 0;  ///< How much it would like next, 0 at a frame's end, or an error.
  bool flushing_ = false;
};

class ZstdEncoder final : public Encoder {
 public:
  ZstdEncoder() : stream_(ZSTD_createCStream()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_CCtx_setParameter(stream_, ZSTD_c_checksumFlag, 1);
  }
  ~ZstdEncoder() override { ZSTD_freeCStream(stream_); }
  ZstdEncoder(const ZstdEncoder&) = delete;
  ZstdEncoder& operator=(const ZstdEncoder&) = delete;

  std::size_t encode(std::string_view& in, std::span<char> out, bool finish) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t code =
        ZSTD_compressStream2(stream_, &output, &input, finish ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(code)) throw std::runtime_error(ZSTD_getErrorName(code));
    in.remove_prefix(input.pos);
    return output.pos;
  }

 private:
  ZSTD_CStream* stream_;
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder() { return std::make_unique<ZstdDecoder>(); }
std::unique_ptr<Encoder> make_zstd_encoder() { return std::make_unique<ZstdEncoder>(); }

}  // namespace weir::file
