#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "stages/file/decoder_memory.h"

namespace weir::stages::file {

enum class Codec : std::uint8_t { none, gzip, zstd, xz, bzip2, lz4 };

constexpr std::size_t kMagicSize = 10;

/// The kind of a file, as its first bytes tell.
struct Detected {
  Codec codec = Codec::none;
  const char* foreign = nullptr;  ///< What weir cannot read: "a zip archive".
};

/// Detects the kind of a file from its first bytes. `complete` says that it has no more bytes.
/// Returns false if more are needed to tell.
bool detect_codec(std::string_view start, bool complete, Detected& detected);

/// Decompresses any number of members, frames or streams, one after the other.
class Decoder {
 public:
  explicit Decoder(const DecoderMemory::Bound& bound) : memory_(bound) {}
  virtual ~Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// Decodes from the front of `in`, which it shortens, to `out`. `last` says that no more input
  /// follows. Returns how many bytes it made. If there are none, although there is input and room,
  /// see `failure` and `waits_for_memory`.
  virtual std::size_t decode(std::string_view& in, std::span<char> out, bool last) = 0;
  /// Returns what is wrong with the input, after `decode` made nothing ("is not valid: ..."); empty
  /// if nothing is.
  virtual std::string failure() const = 0;
  /// Returns whether the input may end here.
  virtual bool complete() const = 0;
  /// Returns whether `decode` made nothing because there is no memory now. It may be called again.
  bool waits_for_memory() const { return memory_.waits(); }

 protected:
  DecoderMemory memory_;
};

/// Compresses. The output does not depend on how the input was cut.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Compresses from the front of `in`, which it shortens, to `out`. Returns how many bytes it
  /// made. It is done when `in` is empty and `out` was not filled. `finish` says that nothing more
  /// follows.
  virtual std::size_t encode(std::string_view& in, std::span<char> out, bool finish) = 0;
};

const char* codec_name(Codec codec);
/// Returns null for `none`. `threads` is how many a decoder may use, where its format allows it.
std::unique_ptr<Decoder> make_decoder(Codec codec, const DecoderMemory::Bound& bound,
                                      int threads = 1);
/// Returns null for what is not written: all but gzip and zstd.
std::unique_ptr<Encoder> make_encoder(Codec codec);
/// Returns the most bytes that one such encoder holds; 0 where there is none.
std::size_t encoder_memory(Codec codec);

std::unique_ptr<Decoder> make_gzip_decoder(const DecoderMemory::Bound& bound);
std::unique_ptr<Decoder> make_zstd_decoder(const DecoderMemory::Bound& bound);
std::unique_ptr<Decoder> make_xz_decoder(const DecoderMemory::Bound& bound, int threads);
std::unique_ptr<Decoder> make_bzip2_decoder(const DecoderMemory::Bound& bound);
std::unique_ptr<Decoder> make_lz4_decoder(const DecoderMemory::Bound& bound);
std::unique_ptr<Encoder> make_gzip_encoder();
std::unique_ptr<Encoder> make_zstd_encoder();

}  // namespace weir::stages::file
