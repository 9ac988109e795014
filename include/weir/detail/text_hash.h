#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <random>
#include <string_view>

#include "weir/detail/mix64.h"

namespace weir::detail {

/// Hashes texts for a table, after wyhash by Wang Yi. Each process draws a secret, so that an
/// author of records cannot choose texts with equal hashes, for which a table would search all of
/// them each time. No output may therefore depend on a hash or on the order of a table.
struct TextHash {
  using is_transparent = void;

  std::size_t operator()(std::string_view text) const {
    const Secret& secret = process_secret();
    const std::uint64_t size = text.size();
    std::uint64_t sum = secret[0] ^ size;
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left > 16; at += 16, left -= 16) {
      sum = fold(load(at, 8) ^ secret[1], load(at + 8, 8) ^ sum);
    }
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (left >= 8) {
      low = load(at, 8);
      high = load(at + left - 8, 8);
    } else if (left >= 4) {
      low = load(at, 4);
      high = load(at + left - 4, 4);
    } else if (left > 0) {
      low = load(at, 1) | load(at + left / 2, 1) << 8 | load(at + left - 1, 1) << 16;
    }
    return fold(fold(low ^ secret[1], high ^ sum) ^ secret[2], size ^ secret[3]);
  }

 private:
  using Secret = std::array<std::uint64_t, 4>;

  static const Secret& process_secret() {
    static const Secret secret = draw();
    return secret;
  }
  static Secret draw() {
    Secret drawn;
    try {
      std::random_device random;
      for (std::uint64_t& word : drawn) word = std::uint64_t{random()} << 32 | random() | 1;
    } catch (const std::exception&) {  // Without a random device, an address has to do.
      auto state = reinterpret_cast<std::uint64_t>(&drawn);
      for (std::uint64_t& word : drawn) word = next_mix64(state) | 1;
    }
    return drawn;
  }
  static std::uint64_t load(const char* at, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, size);
    return word;
  }
  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    __extension__ using Product = unsigned __int128;
    const Product product = static_cast<Product>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
};

}  // namespace weir::detail
