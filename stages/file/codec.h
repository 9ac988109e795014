#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir::stages::file {

enum class Codec : std::uint8_t { none, gzip, zstd };

constexpr std::size_t kMagicSize = 10;
/// The bytes that a decoder may hold if nobody says how many.
constexpr std::size_t kWindow = std::size_t{128} << 20;

/// The kind of a file, as its first bytes tell.
struct Detected {
  Codec codec = Codec::none;
  const char* foreign = nullptr;  ///< The name of a compression that weir does not have: "xz".
};

/// Detects the kind of a file from its first bytes. `complete` says that it has no more bytes.
/// Returns false if more are needed to tell.
bool detect_codec(std::string_view start, bool complete, Detected& detected);

/// Decompresses any number of members or frames, one after the other.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Decodes from the front of `in`, which it shortens, to `out`. Returns how many bytes it made.
  /// If there are none, although there is input and room, see `failure`.
  virtual std::size_t decode(std::string_view& in, std::span<char> out) = 0;
  /// Returns what is wrong with the input, after `decode` made nothing ("is not valid: ..."); empty
  /// if nothing is.
  virtual std::string failure() const = 0;
  /// Returns whether the input may end here.
  virtual bool complete() const = 0;
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
/// Returns null for `none`. `window` is the number of bytes that it may hold of what it has made.
std::unique_ptr<Decoder> make_decoder(Codec codec, std::size_t window);
std::unique_ptr<Encoder> make_encoder(Codec codec);

std::unique_ptr<Decoder> make_gzip_decoder();
std::unique_ptr<Decoder> make_zstd_decoder(std::size_t window);
std::unique_ptr<Encoder> make_gzip_encoder();
std::unique_ptr<Encoder> make_zstd_encoder();

}  // namespace weir::stages::file
