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
    {"\x1f\x8b", Codec::gzip},
    {"\x28\xb5\x2f\xfd", Codec::zstd},
    // A skippable frame comes first.
    {"?\x2a\x4d\x18", Codec::zstd, nullptr, 0x50, 0x5f},
    {std::string_view("\xfd"
                      "7zXZ\0",
                      6),
     Codec::none, "xz"},
    {"BZh?1AY&SY", Codec::none, "bzip2", '1', '9'},
    // Made from no bytes.
    {"BZh?\x17rE8P\x90", Codec::none, "bzip2", '1', '9'},
    {"\x04\x22\x4d\x18", Codec::none, "lz4"},
    {"\x1f\x9d", Codec::none, "compress"},
    {"PK\x03\x04", Codec::none, "zip"},
    {"7z\xbc\xaf\x27\x1c", Codec::none, "7z"},
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
  switch (codec) {
    case Codec::none:
      return "plain";
    case Codec::gzip:
      return "gzip";
    case Codec::zstd:
      return "zstd";
  }
  return "";
}

std::unique_ptr<Decoder> make_decoder(Codec codec, std::size_t window) {
  switch (codec) {
    case Codec::none:
      return nullptr;
    case Codec::gzip:
      return make_gzip_decoder();
    case Codec::zstd:
      return make_zstd_decoder(window);
  }
  return nullptr;
}

std::unique_ptr<Encoder> make_encoder(Codec codec) {
  switch (codec) {
    case Codec::none:
      return nullptr;
    case Codec::gzip:
      return make_gzip_encoder();
    case Codec::zstd:
      return make_zstd_encoder();
  }
  return nullptr;
}

}  // namespace weir::stages::file
