#include "stages/file/codec.h"

#include <algorithm>

namespace weir::stages::file {
namespace {

/// The first bytes of a kind of file. A '?' stands for any byte from `low` to `high`.
struct Magic {
  std::string_view bytes;
  Codec codec = Codec::none;
  const char* foreign = nullptr;
  unsigned char low = 0;
  unsigned char high = 0;
};

constexpr Magic kMagics[] = {
    {"\x1f\x8b\x08", Codec::gzip},
    {"\x28\xb5\x2f\xfd", Codec::zstd},
    // A skippable frame comes first.
    {"?\x2a\x4d\x18", Codec::zstd, nullptr, 0x50, 0x5f},
    {std::string_view("\xfd"
                      "7zXZ\0",
                      6),
     Codec::xz},
    {"BZh?1AY&SY", Codec::bzip2, nullptr, '1', '9'},
    // Made from no bytes.
    {"BZh?\x17rE8P\x90", Codec::bzip2, nullptr, '1', '9'},
    {"\x04\x22\x4d\x18", Codec::lz4},
    {"\x02\x21\x4c\x18", Codec::none, "lz4 of the old format"},
    {"\x1f\x9d", Codec::none, "a file of compress"},
    {"PK\x03\x04", Codec::none, "a zip archive"},
    {"PK\x05\x06", Codec::none, "a zip archive"},
    {"7z\xbc\xaf\x27\x1c", Codec::none, "a 7z archive"},
    {"LZIP\x01", Codec::none, "lzip"},
};

/// Returns whether `start` begins like `magic`, as far as both go.
bool agrees(std::string_view start, const Magic& magic) {
  for (std::size_t i = 0; i < std::min(start.size(), magic.bytes.size()); ++i) {
    const auto c = static_cast<unsigned char>(start[i]);
    const bool any = magic.bytes[i] == '?' && magic.high != 0;
    if (any ? c < magic.low || c > magic.high : start[i] != magic.bytes[i]) return false;
  }
  return true;
}

std::string shown_size(std::uint64_t bytes) {
  constexpr std::uint64_t kKiB = 1024;
  constexpr std::uint64_t kMiB = kKiB * kKiB;
  if (bytes < kMiB) return std::to_string((bytes + kKiB - 1) / kKiB) + " KiB";
  const std::uint64_t tenths = (bytes * 10 + kMiB - 1) / kMiB;
  const std::string part = tenths % 10 == 0 ? "" : "." + std::to_string(tenths % 10);
  return std::to_string(tenths / 10) + part + " MiB";
}

}  // namespace

bool detect_codec(std::string_view start, bool complete, Detected& detected) {
  bool open = false;
  for (const Magic& magic : kMagics) {
    if (!agrees(start, magic)) continue;
    if (start.size() >= magic.bytes.size()) {
      detected = {magic.codec, magic.foreign};
      return true;
    }
    open = true;
  }
  detected = {};
  return complete || !open;
}

const char* codec_name(Codec codec) {
  constexpr const char* kNames[] = {"plain", "gzip", "zstd", "xz", "bzip2", "lz4"};
  return kNames[static_cast<std::size_t>(codec)];
}

std::unique_ptr<Decoder> make_decoder(Codec codec, const DecoderMemory::Bound& bound, int threads) {
  switch (codec) {
    case Codec::none:
      return nullptr;
    case Codec::gzip:
      return make_gzip_decoder(bound);
    case Codec::zstd:
      return make_zstd_decoder(bound);
    case Codec::xz:
      return make_xz_decoder(bound, threads);
    case Codec::bzip2:
      return make_bzip2_decoder(bound);
    case Codec::lz4:
      return make_lz4_decoder(bound);
  }
  return nullptr;
}

std::unique_ptr<Encoder> make_encoder(Codec codec) {
  if (codec == Codec::gzip) return make_gzip_encoder();
  return codec == Codec::zstd ? make_zstd_encoder() : nullptr;
}

// zconf.h says what deflate takes for a window and a memory level. zstd has a window of 2 MiB at
// level 3, and tables.
std::size_t encoder_memory(Codec codec) {
  constexpr std::size_t kKiB = 1024;
  if (codec == Codec::gzip) return 268 * kKiB;
  return codec == Codec::zstd ? 3600 * kKiB : 0;
}

std::string DecoderMemory::refusal() const {
  return "needs " + shown_size(needs_) + " of memory, more than its share of limits.memory, " +
         shown_size(limit());
}

}  // namespace weir::stages::file
