#include "stages/file/codec.h"

namespace weir::file {
namespace {

constexpr std::string_view kGzipMagic("\x1f\x8b", 2);
constexpr std::string_view kZstdMagic("\x28\xb5\x2f\xfd", 4);

}  // namespace

bool detect_codec(std::string_view start, bool complete, Codec& codec) {
  codec = Codec::none;
  if (start.starts_with(kGzipMagic)) codec = Codec::gzip;
  if (start.starts_with(kZstdMagic)) codec = Codec::zstd;
  return complete || codec != Codec::none ||
         !(kGzipMagic.starts_with(start) || kZstdMagic.starts_with(start));
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

std::unique_ptr<Decoder> make_decoder(Codec codec) {
  switch (codec) {
    case Codec::none:
      return nullptr;
    case Codec::gzip:
      return make_gzip_decoder();
    case Codec::zstd:
      return make_zstd_decoder();
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

}  // namespace weir::file
