#include "stages/file/codec.h"

#include <algorithm>

#include "tests/fuzz/targets.h"

namespace weir::fuzz {
namespace {

using stages::file::Codec;
using stages::file::Decoder;

/// A few bytes of input may stand for gigabytes of output.
constexpr std::size_t kMost = 1 << 20;

struct Decoded {
  std::string bytes;
  std::string failure;
  bool complete = false;
  /// What is wrong may be said in several ways.
  bool operator==(const Decoded& other) const {
    return bytes == other.bytes && failure.empty() == other.failure.empty() &&
           complete == other.complete;
  }
};

Decoded decode(Codec codec, std::string_view content, std::size_t in_step, std::size_t out_step) {
  const std::unique_ptr<Decoder> decoder = stages::file::make_decoder(codec, stages::file::kWindow);
  Decoded result;
  std::string out(out_step, '\0');
  int idle = 0;
  while (result.bytes.size() < kMost) {
    const std::string piece(content.substr(0, in_step));
    std::string_view left = piece;
    const std::size_t made = decoder->decode(left, out);
    expect(made <= out.size() && left.size() <= piece.size(), "more than there is room for");
    result.bytes.append(out, 0, made);
    content.remove_prefix(piece.size() - left.size());
    if (made > 0 || (left.size() < piece.size() && !content.empty())) {
      idle = 0;
      continue;
    }
    result.failure = decoder->failure();
    if (!result.failure.empty() || content.empty()) break;
    // Room that was filled to its last byte may have held all there was.
    expect(++idle < 3, "neither progress nor a failure");
  }
  result.complete = decoder->complete();
  if (result.bytes.size() > kMost) result.bytes.resize(kMost);
  return result;
}

/// Frames of zstd's versions before 1.0, which the library still reads, if their beginning comes in
/// one piece. No file that begins with one is taken for zstd.
bool has_old_frame(std::string_view content) {
  for (std::size_t at = 1; (at = content.find("\xb5\x2f\xfd", at)) != content.npos; ++at) {
    const auto version = static_cast<unsigned char>(content[at - 1]);
    if (version >= 0x22 && version <= 0x27) return true;
  }
  return content.find("\xfd\x2f\xb5\x1e") != content.npos;
}

/// Compressed, then read again.
void round_trip(Codec codec, std::string_view content, std::size_t step) {
  const std::unique_ptr<stages::file::Encoder> encoder = stages::file::make_encoder(codec);
  std::string packed, out(step, '\0');
  for (std::string_view left = content;;) {
    const std::size_t made = encoder->encode(left, out, true);
    packed.append(out, 0, made);
    if (left.empty() && made < out.size()) break;
  }
  const Decoded again = decode(codec, packed, step, 4096);
  expect(again.bytes == content.substr(0, kMost), "decoded to something else");
  expect(again.failure.empty() && again.complete, "refused what it wrote: " + again.failure);
}

}  // namespace

/// Which codec and in which steps, then compressed bytes, or bytes to be compressed.
void codec(std::string_view bytes) {
  Bytes input(bytes);
  const unsigned char mode = input.byte();
  const Codec codec = mode & 1 ? Codec::zstd : Codec::gzip;
  const std::size_t step = 1 + input.byte() % 64;
  stages::file::Detected detected;
  stages::file::detect_codec(input.rest().substr(0, stages::file::kMagicSize), true, detected);
  if (mode & 2) return round_trip(codec, input.rest(), step);
  if (codec == Codec::zstd && has_old_frame(input.rest())) return;
  const Decoded whole = decode(codec, input.rest(), input.rest().size() + 1, 4096);
  const Decoded pieces = decode(codec, input.rest(), step, 4096);
  const Decoded drops = decode(codec, input.rest(), step, step);
  if (whole.bytes.size() == kMost) return;
  expect(whole == pieces, "what is decoded depends on the pieces");
  expect(whole == drops, "what is decoded depends on the room");
}

}  // namespace weir::fuzz
