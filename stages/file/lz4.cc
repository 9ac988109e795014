#include <lz4frame.h>

#include <algorithm>
#include <new>

#include "stages/file/codec.h"
#include "stages/file/frame_start.h"

namespace weir::stages::file {
namespace {

class Lz4Decoder final : public Decoder {
 public:
  explicit Lz4Decoder(const DecoderMemory::Bound& bound) : Decoder(bound) {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&stream_, LZ4F_VERSION))) {
      throw std::bad_alloc();
    }
  }
  ~Lz4Decoder() override { LZ4F_freeDecompressionContext(stream_); }

  // Feeds the library as the decoder of zstd does, for the same reason. A block's checksum comes by
  // itself, too: a block that is stored as it is leaves before it is checked.
  std::size_t decode(std::string_view& in, std::span<char> out, bool) override {
    if (foreign_ || LZ4F_isError(code_)) return 0;
    if (code_ == 0 && !flushing_) return begin_frame(in, out);
    std::size_t wanted = code_ > kBlockHeader ? code_ - kBlockHeader : code_;
    if (block_checksum_ && wanted > kChecksum) wanted -= kChecksum;
    std::string_view step = in.substr(0, flushing_ ? 0 : wanted);
    const std::size_t before = step.size();
    const std::size_t made = feed(step, out);
    in.remove_prefix(before - step.size());
    return made;
  }
  std::string failure() const override {
    if (memory_.needs() > 0) return memory_.refusal();
    if (foreign_) return "is not valid: another frame was expected";
    if (!LZ4F_isError(code_)) return {};
    return std::string("is not valid: ") + LZ4F_getErrorName(code_);
  }
  bool complete() const override { return code_ == 0 && start_.empty(); }

 private:
  static constexpr std::size_t kBlockHeader = 4;
  static constexpr std::size_t kChecksum = 4;
  static constexpr std::size_t kSmallestHeader = 7;

  static unsigned byte_of(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
  }

  std::size_t feed(std::string_view& in, std::span<char> out) {
    std::size_t read = in.size();
    std::size_t made = out.size();
    code_ = LZ4F_decompress(stream_, out.data(), &made, in.data(), &read, nullptr);
    if (LZ4F_isError(code_)) return 0;
    flushing_ = made == out.size() && code_ != 0;
    in.remove_prefix(read);
    return made;
  }

  /// Takes a frame's header from the front of `in` and gives it to the library, once there is
  /// memory for the blocks that the frame may have.
  std::size_t begin_frame(std::string_view& in, std::span<char> out) {
    if (!start_.collect(in, 4)) return 0;
    const std::string_view start = start_.bytes();
    const bool skippable =
        (byte_of(start, 0) & 0xf0) == 0x50 && start.substr(1, 3) == "\x2a\x4d\x18";
    if (!skippable && start.substr(0, 4) != "\x04\x22\x4d\x18") {
      foreign_ = true;
      return 0;
    }
    std::uint64_t needed = 0;
    if (!skippable) {
      if (!start_.collect(in, kSmallestHeader)) return 0;
      const unsigned flags = byte_of(start_.bytes(), 4);
      block_checksum_ = (flags & 0x10) != 0;
      const std::size_t more = ((flags & 8) != 0 ? 8 : 0) + ((flags & 1) != 0 ? 4 : 0);
      if (!start_.collect(in, kSmallestHeader + more)) return 0;
      needed = memory_for(byte_of(start_.bytes(), 5) >> 4 & 7);
    }
    if (!memory_.hold(needed)) return 0;
    std::string_view header = start_.bytes();
    const std::size_t made = feed(header, out);
    start_.clear();
    return made;
  }

  /// Returns the bytes for a block as it comes, one that it makes, and the 128 KiB to which the
  /// next one may refer.
  static std::uint64_t memory_for(unsigned block_size) {
    const unsigned exponent = block_size < 4 ? 22 : 8 + 2 * block_size;
    return (std::uint64_t{2} << exponent) + 192 * 1024;
  }

  LZ4F_dctx* stream_ = nullptr;
  FrameStart start_;
  bool foreign_ = false;  ///< True if what follows a frame is none.
  /// The bytes that the library would like next, 0 at a frame's end, or an error.
  std::size_t code_ = 0;
  bool flushing_ = false;
  bool block_checksum_ = false;  ///< True if each block has one.
};

}  // namespace

std::unique_ptr<Decoder> make_lz4_decoder(const DecoderMemory::Bound& bound) {
  return std::make_unique<Lz4Decoder>(bound);
}

}  // namespace weir::stages::file
