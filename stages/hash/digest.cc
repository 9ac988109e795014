#include "stages/hash/digest.h"

#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <nettle/sha3.h>
#include <zlib.h>

namespace weir::stages::hash {
namespace {

constexpr std::size_t kCrcSize = 4;

/// The state of any of Nettle's functions that are used here.
union State {
  sha256_ctx sha256;
  sha512_ctx sha512;
  sha1_ctx sha1;
  md5_ctx md5;
  sha3_256_ctx sha3;
};

/// Returns null for crc32, which zlib computes.
const nettle_hash* nettle_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha256:
      return &nettle_sha256;
    case Algorithm::sha512:
      return &nettle_sha512;
    case Algorithm::sha1:
      return &nettle_sha1;
    case Algorithm::md5:
      return &nettle_md5;
    case Algorithm::sha3_256:
      return &nettle_sha3_256;
    case Algorithm::crc32:
      break;
  }
  return nullptr;
}

}  // namespace

std::size_t digest(Algorithm algorithm, std::string_view bytes,
                   std::span<std::uint8_t, kLongestDigest> out) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const nettle_hash* hash = nettle_of(algorithm);
  if (!hash) {
    const auto crc = static_cast<std::uint32_t>(crc32_z(0, data, bytes.size()));
    for (std::size_t i = 0; i < kCrcSize; ++i) {
      out[i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
    return kCrcSize;
  }
  State state;
  hash->init(&state);
  hash->update(&state, bytes.size(), data);
  hash->digest(&state, hash->digest_size, out.data());
  return hash->digest_size;
}

}  // namespace weir::stages::hash
