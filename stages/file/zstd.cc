#include <zstd.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "stages/file/codec.h"
#include "stages/file/frame_header.h"
#include "stages/file/frame_start.h"

namespace weir::stages::file {
namespace {

class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(const DecoderMemory::Bound& bound)
      : Decoder(bound), stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    const ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, bounds.upperBound);
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  // Feeds zstd so that a failing call has made nothing, since such a call does not say how much it
  // had made before. Each call gets what the last one asked for, less the header of the next block,
  // which zstd asks for together with a block. It gets no input while output waits for room. So
  // what comes out before an error does not depend on how the input arrived.
  std::size_t decode(std::string_view& in, std::span<char> out, bool) override {
    if (foreign_ || ZSTD_isError(code_)) return 0;
    if (code_ == 0) return begin_frame(in, out);
    const std::size_t wanted = code_ > kBlockHeader ? code_ - kBlockHeader : code_;
    std::string_view step = in.substr(0, flushing_ ? 0 : wanted);
    const std::size_t before = step.size();
    const std::size_t made = feed(step, out);
    in.remove_prefix(before - step.size());
    return made;
  }
  std::string failure() const override {
    if (memory_.needs() > 0) return memory_.refusal();
    if (foreign_) return "is not valid: another frame was expected";
    if (!ZSTD_isError(code_)) return {};
    return std::string("is not valid: ") + ZSTD_getErrorName(code_);
  }
  bool complete() const override { return code_ == 0 && start_.empty(); }

 private:
  static constexpr std::size_t kBlockHeader = 3;
  static constexpr std::uint64_t kBlock = 128 * 1024;

  std::size_t feed(std::string_view& in, std::span<char> out) {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    code_ = ZSTD_decompressStream(stream_, &output, &input);
    flushing_ = !ZSTD_isError(code_) && output.pos == output.size;
    if (ZSTD_isError(code_)) return 0;
    in.remove_prefix(input.pos);
    return output.pos;
  }

  /// Takes a frame's header from the front of `in` and gives it to zstd, once there is memory for
  /// the frame's window.
  std::size_t begin_frame(std::string_view& in, std::span<char> out) {
    if (!start_.collect(in, FrameHeader::kMagicSize)) return 0;
    const std::uint64_t magic = number_in(start_.bytes().substr(0, FrameHeader::kMagicSize));
    std::uint64_t window = 0;
    if (FrameHeader::is_skippable(magic)) {
      if (!start_.collect(in, FrameHeader::kSkippable)) return 0;
    } else if (magic == FrameHeader::kMagic) {
      if (!start_.collect(in, FrameHeader::kFixed)) return 0;
      const FrameHeader header(start_.bytes());
      if (!start_.collect(in, header.size())) return 0;
      window = header.window(start_.bytes());
    } else {
      foreign_ = true;
      return 0;
    }
    // Beside the window, zstd holds a block as it comes, room for two that it makes, and itself.
    if (!memory_.hold(window + 3 * std::min(window, kBlock) + kBlock)) return 0;
    std::string_view header = start_.bytes();
    const std::size_t made = feed(header, out);
    start_.clear();
    return made;
  }

  ZSTD_DStream* stream_;
  FrameStart start_;
  bool foreign_ = false;  ///< True if what follows a frame is none.
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

std::unique_ptr<Decoder> make_zstd_decoder(const DecoderMemory::Bound& bound) {
  return std::make_unique<ZstdDecoder>(bound);
}
std::unique_ptr<Encoder> make_zstd_encoder() { return std::make_unique<ZstdEncoder>(); }

}  // namespace weir::stages::file
