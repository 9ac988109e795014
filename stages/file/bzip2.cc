#include <bzlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "stages/file/codec.h"
#include "stages/file/frame_start.h"

namespace weir::stages::file {
namespace {

class Bzip2Decoder final : public Decoder {
 public:
  explicit Bzip2Decoder(const DecoderMemory::Bound& bound) : Decoder(bound) {}
  ~Bzip2Decoder() override { end(); }

  std::size_t decode(std::string_view& in, std::span<char> out, bool) override {
    if (failed()) return 0;
    if (!begun_ && !begin(in)) return 0;
    std::string_view header = start_.bytes();
    std::string_view& input = header.empty() ? in : header;
    const std::size_t made = feed(input, out);
    if (!start_.empty() && header.empty()) start_.clear();
    if (code_ == BZ_STREAM_END) end();
    return made;
  }
  std::string failure() const override {
    if (memory_.needs() > 0) return memory_.refusal();
    if (foreign_) return "is not valid: another stream was expected";
    if (!failed()) return {};
    return code_ == BZ_DATA_ERROR ? "is not valid: a block's checksum or structure is wrong"
                                  : "is not valid: no block begins where one should";
  }
  bool complete() const override { return !begun_ && start_.empty() && !failed(); }

 private:
  static constexpr std::size_t kHeader = 4;

  bool failed() const { return foreign_ || (code_ != BZ_OK && code_ != BZ_STREAM_END); }

  /// Begins a stream, whose header it takes from the front of `in`, once there is memory for the
  /// largest block that the stream may have.
  bool begin(std::string_view& in) {
    if (!start_.collect(in, kHeader)) return false;
    const char level = start_.bytes()[3];
    foreign_ = !start_.bytes().starts_with("BZh") || level < '1' || level > '9';
    if (foreign_) return false;
    // The library keeps four bytes for each byte of a block.
    const std::uint64_t block = static_cast<std::uint64_t>(level - '0') * 100'000;
    if (!memory_.hold(4 * block + 128 * 1024)) return false;
    stream_ = {};
    code_ = BZ2_bzDecompressInit(&stream_, 0, 0);
    if (code_ != BZ_OK) throw std::bad_alloc();
    begun_ = true;
    return true;
  }

  std::size_t feed(std::string_view& in, std::span<char> out) {
    constexpr std::size_t kMost = std::numeric_limits<unsigned>::max();
    stream_.next_in = const_cast<char*>(in.data());
    stream_.avail_in = static_cast<unsigned>(std::min(in.size(), kMost));
    stream_.next_out = out.data();
    stream_.avail_out = static_cast<unsigned>(std::min(out.size(), kMost));
    code_ = BZ2_bzDecompress(&stream_);
    in.remove_prefix(static_cast<std::size_t>(stream_.next_in - in.data()));
    return static_cast<std::size_t>(stream_.next_out - out.data());
  }

  void end() {
    if (begun_) BZ2_bzDecompressEnd(&stream_);
    begun_ = false;
  }

  bz_stream stream_{};
  FrameStart start_;
  bool begun_ = false;    ///< True inside a stream.
  bool foreign_ = false;  ///< True if what follows a stream is none.
  int code_ = BZ_OK;
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder(const DecoderMemory::Bound& bound) {
  return std::make_unique<Bzip2Decoder>(bound);
}

}  // namespace weir::stages::file
