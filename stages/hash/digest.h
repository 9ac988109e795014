#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir::stages::hash {

enum class Algorithm : std::uint8_t { sha256, sha512, sha1, md5, sha3_256, crc32 };

constexpr std::size_t kLongestDigest = 64;

/// Writes the digest of `bytes` to `out` and returns its size. crc32 gives four bytes, the most
/// significant first.
std::size_t digest(Algorithm algorithm, std::string_view bytes,
                   std::span<std::uint8_t, kLongestDigest> out);

}  // namespace weir::stages::hash
