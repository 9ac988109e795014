#include "stages/file/codec.h"

#include <algorithm>

#include "tests/fuzz/targets.h"

namespace weir::fuzz {
namespace {

using stages::file::Codec;
using stages::file::Decoder;

/// A few bytes of input may stand for gigabytes of output.
constexpr std::size_t kMost = 1 << 20;
constexpr std::uint64_t kMemory = 64 << 20;

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

Codec codec_of(unsigned char mode) {
  switch (mode >> 4) {
    case 1:
    case 4:
      return Codec::xz;
    case 2:
      return Codec::bzip2;
    case 3:
      return Codec::lz4;
    default:
      return mode & 1 ? Codec::zstd : Codec::gzip;
  }
}

Decoded decode(Codec codec, std::string_view content, std::size_t in_step, std::size_t out_step,
               int threads) {
  const std::unique_ptr<Decoder> decoder =
      stages::file::make_decoder(codec, {kMemory, nullptr}, threads);
  Decoded result;
  std::string out(out_step, '\0');
  int idle = 0;
  while (result.bytes.size() < kMost) {
    const std::string piece(content.substr(0, in_step));
    std::string_view left = piece;
    const bool last = piece.size() == content.size();
    const std::size_t made = decoder->decode(left, out, last);
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

/// Whether two decoded the same. How much of a damaged block liblzma gives before its error depends
/// on the pieces.
bool same(Codec codec, const Decoded& one, const Decoded& other) {
  if (codec != Codec::xz || one.failure.empty()) return one == other;
  const std::size_t size = std::min(one.bytes.size(), other.bytes.size());
  return !other.failure.empty() && one.bytes.substr(0, size) == other.bytes.substr(0, size);
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
  const Decoded again = decode(codec, packed, step, 4096, 1);
  expect(again.bytes == content.substr(0, kMost), "decoded to something else");
  expect(again.failure.empty() && again.complete, "refused what it wrote: " + again.failure);
}

}  // namespace

/// Which codec and in which steps, then compressed bytes, or bytes to be compressed.
void codec(std::string_view bytes) {
  Bytes input(bytes);
  const unsigned char mode = input.byte();
  const Codec codec = codec_of(mode);
  const int threads = mode >> 4 == 4 ? 2 : 1;
  const std::size_t step = 1 + input.byte() % 64;
  stages::file::Detected detected;
  stages::file::detect_codec(input.rest().substr(0, stages::file::kMagicSize), true, detected);
  if (mode >> 4 == 0 && mode & 2) return round_trip(codec, input.rest(), step);
  const Decoded whole = decode(codec, input.rest(), input.rest().size() + 1, 4096, threads);
  const Decoded pieces = decode(codec, input.rest(), step, 4096, threads);
  const Decoded drops = decode(codec, input.rest(), step, step, threads);
  if (whole.bytes.size() == kMost) return;
  expect(same(codec, whole, pieces), "what is decoded depends on the pieces");
  expect(same(codec, whole, drops), "what is decoded depends on the room");
}

}  // namespace weir::fuzz
