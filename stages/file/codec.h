#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir::file {

enum class Codec : std::uint8_t { none, gzip, zstd };

constexpr std::size_t kMagicSize = 4;

/// What the first bytes of a file say; `complete`: there are no more than these. False if more
/// bytes are needed to tell.
bool detect_codec(std::string_view start, bool complete, Codec& codec);

/// Undoes a compression, of any number of members or frames one after the other.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// Decodes from the front of `in`, which it shortens, to `out`; returns how many bytes it made.
  /// None, although there is input left and room: see `failure`.
  virtual std::size_t decode(std::string_view& in, std::span<char> out) = 0;
  /// What is wrong with the input, after `decode` made nothing; empty: nothing.
  virtual std::string failure() const = 0;
  /// Whether the input may end here.
  virtual bool complete() const = 0;
};

/// Compresses. What comes out does not depend on how the input was cut.
class Encoder {
 public:
  virtual ~Encoder() = default;
  /// Compresses from the front of `in`, which it shortens, to `out`; returns how many bytes it
  /// made. Done when `in` is empty and `out` was not filled. `finish`: nothing more follows.
  virtual std::size_t encode(std::string_view& in, std::span<char> out, bool finish) = 0;
};

const char* codec_name(Codec codec);
/// Null for `none`.
std::unique_ptr<Decoder> make_decoder(Codec codec);
std::unique_ptr<Encoder> make_encoder(Codec codec);

std::unique_ptr<Decoder> make_gzip_decoder();
std::unique_ptr<Decoder> make_zstd_decoder();
std::unique_ptr<Encoder> make_gzip_encoder();
std::unique_ptr<Encoder> make_zstd_encoder();

}  // namespace weir::file
