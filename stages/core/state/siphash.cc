#include "stages/core/state/siphash.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace weir::stages::core {
namespace {

static_assert(std::endian::native == std::endian::little, "words are read as they stand");

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void absorb(std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
  std::uint64_t squeeze() {
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

Hash128 siphash(std::string_view text, std::uint64_t key0, std::uint64_t key1) {
  State state{key0 ^ 0x736f6d6570736575, key1 ^ 0x646f72616e646f6d ^ 0xee,
              key0 ^ 0x6c7967656e657261, key1 ^ 0x7465646279746573};
  std::uint64_t last = std::uint64_t{text.size()} << 56;
  for (; text.size() >= sizeof last; text.remove_prefix(sizeof last)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), sizeof word);
    state.absorb(word);
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  state.absorb(last);
  Hash128 hash;
  state.v2 ^= 0xee;
  hash.low = state.squeeze();
  state.v1 ^= 0xdd;
  hash.high = state.squeeze();
  return hash;
}

}  // namespace weir::stages::core
