#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <new>
#include <stdexcept>

#include "stages/file/codec.h"

namespace weir::stages::file {
namespace {

class ZstdDecoder final : public Decoder {
 public:
  /// Allows a window of the largest power of two that `window` holds.
  explicit ZstdDecoder(std::size_t window) : stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    const ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    window_log_ = std::clamp(static_cast<int>(std::bit_width(window)) - 1, bounds.lowerBound,
                             bounds.upperBound);
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, window_log_);
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  // Feeds zstd so that a failing call has made nothing, since such a call does not say how much it
  // had made before. Each call gets what the last one asked for, less the header of the next block,
  // which zstd asks for together with a block. It gets no input while output waits for room. So
  // what comes out before an error does not depend on how the input arrived.
  std::size_t decode(std::string_view& in, std::span<char> out) override {
    if (ZSTD_isError(code_) || (code_ == 0 && in.empty())) return 0;
    const std::size_t wanted = code_ > kBlockHeader ? code_ - kBlockHeader : code_;
    const std::size_t step = flushing_ ? 0 : (code_ == 0 ? kFrameStart : wanted);
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
    if (!ZSTD_isError(code_)) return {};
    if (ZSTD_getErrorCode(code_) == ZSTD_error_frameParameter_windowTooLarge) {
      const std::uint64_t kib = (std::uint64_t{1} << window_log_) / 1024;
      return "needs a window of more than " +
             (kib < 1024 ? std::to_string(kib) + " KiB" : std::to_string(kib / 1024) + " MiB") +
             ", the most that half of limits.memory holds";
    }
    return std::string("is not valid: ") + ZSTD_getErrorName(code_);
  }
  bool complete() const override { return code_ == 0; }

 private:
  static constexpr std::size_t kFrameStart = 5;
  static constexpr std::size_t kBlockHeader = 3;

  ZSTD_DStream* stream_;
  int window_log_ = 0;
  /// The bytes that zstd would like next, 0 at a frame's end, or an error.
  std::size_t code_ = 0;
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
    // The library would begin another, empty frame.
    if (finished_ && in.empty()) return 0;
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const std::size_t code =
        ZSTD_compressStream2(stream_, &output, &input, finish ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(code)) throw std::runtime_error(ZSTD_getErrorName(code));
    finished_ = finish && code == 0;
    in.remove_prefix(input.pos);
    return output.pos;
  }

 private:
  ZSTD_CStream* stream_;
  bool finished_ = false;  ///< True if the frame is complete and written.
};

}  // namespace

std::unique_ptr<Decoder> make_zstd_decoder(std::size_t window) {
  return std::make_unique<ZstdDecoder>(window);
}
std::unique_ptr<Encoder> make_zstd_encoder() { return std::make_unique<ZstdEncoder>(); }

}  // namespace weir::stages::file
