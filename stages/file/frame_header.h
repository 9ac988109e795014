#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::stages::file {

/// Returns the little-endian number that `bytes` are.
inline std::uint64_t number_in(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

/// The header of a frame of zstd (RFC 8878, 3.1.1.1), read from its first bytes.
class FrameHeader {
 public:
  static constexpr std::uint32_t kMagic = 0xfd2fb528;
  static constexpr std::size_t kMagicSize = 4;
  static constexpr std::size_t kFixed = 5;
  static constexpr std::size_t kMost = 18;
  /// The header of a frame that is passed over: its magic, and the size of what follows.
  static constexpr std::size_t kSkippable = 8;

  static bool is_skippable(std::uint64_t magic) { return (magic & 0xfffffff0u) == 0x184d2a50u; }

  /// `start` must hold the first kFixed bytes of the frame.
  explicit FrameHeader(std::string_view start)
      : descriptor_(static_cast<unsigned char>(start[kMagicSize])) {}

  std::size_t size() const { return content_at() + content_size(); }
  bool has_checksum() const { return (descriptor_ & 4) != 0; }
  /// Returns how many bytes of what the frame made must be kept. `start` must hold the header.
  std::uint64_t window(std::string_view start) const {
    if (single()) {
      const std::uint64_t value = number_in(start.substr(content_at(), content_size()));
      return value + (content_size() == 2 ? 256 : 0);
    }
    const auto byte = static_cast<unsigned char>(start[kFixed]);
    const std::uint64_t base = std::uint64_t{1} << (10 + (byte >> 3));
    return base + base / 8 * (byte & 7);
  }

 private:
  bool single() const { return (descriptor_ & 0x20) != 0; }
  std::size_t content_at() const {
    constexpr std::size_t kDictionary[] = {0, 1, 2, 4};
    return kFixed + (single() ? 0 : 1) + kDictionary[descriptor_ & 3];
  }
  std::size_t content_size() const {
    const std::size_t sizes[] = {std::size_t{single() ? 1u : 0u}, 2, 4, 8};
    return sizes[descriptor_ >> 6];
  }

  unsigned char descriptor_;
};

}  // namespace weir::stages::file
