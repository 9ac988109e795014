#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "stages/file/codec.h"

namespace weir::stages::file {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to say "the largest window, in gzip's format"
constexpr int kDefaultMemory = 8;

// zlib counts in 32 bits and takes its input as non-const.
void set_buffers(z_stream& stream, std::string_view in, std::span<char> out) {
  constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(std::min(out.size(), kMost));
}

/// Shortens `in` by what was read, and returns how many bytes were written.
std::size_t take_results(const z_stream& stream, std::string_view& in, std::span<char> out) {
  const auto* next_in = reinterpret_cast<const char*>(stream.next_in);
  in.remove_prefix(static_cast<std::size_t>(next_in - in.data()));
  return static_cast<std::size_t>(reinterpret_cast<char*>(stream.next_out) - out.data());
}

class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(const DecoderMemory::Bound& bound) : Decoder(bound) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }

  std::size_t decode(std::string_view& in, std::span<char> out, bool) override {
    if (!memory_.hold(kMemory)) return 0;
    if (between_members_) {
      // Some writers fill the last block of a tape or disk with zeros.
      while (!in.empty() && in.front() == '\0') in.remove_prefix(1);
      if (in.empty()) return 0;
      inflateReset(&stream_);
      between_members_ = false;
    }
    set_buffers(stream_, in, out);
    code_ = inflate(&stream_, Z_NO_FLUSH);
    between_members_ = code_ == Z_STREAM_END;
    return take_results(stream_, in, out);
  }
  std::string failure() const override {
    if (memory_.needs() > 0) return memory_.refusal();
    if (code_ == Z_OK || code_ == Z_BUF_ERROR || code_ == Z_STREAM_END) return {};
    return std::string("is not valid: ") + (stream_.msg ? stream_.msg : zError(code_));
  }
  bool complete() const override { return between_members_; }

 private:
  /// The window and zlib's own state.
  static constexpr std::uint64_t kMemory = 48 * 1024;

  z_stream stream_{};
  int code_ = Z_OK;
  bool between_members_ = false;
};

class GzipEncoder final : public Encoder {
 public:
  GzipEncoder() {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kDefaultMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  std::size_t encode(std::string_view& in, std::span<char> out, bool finish) override {
    set_buffers(stream_, in, out);
    const bool all_in = stream_.avail_in == in.size();
    deflate(&stream_, finish && all_in ? Z_FINISH : Z_NO_FLUSH);
    return take_results(stream_, in, out);
  }

 private:
  z_stream stream_{};
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder(const DecoderMemory::Bound& bound) {
  return std::make_unique<GzipDecoder>(bound);
}
std::unique_ptr<Encoder> make_gzip_encoder() { return std::make_unique<GzipEncoder>(); }

}  // namespace weir::stages::file
