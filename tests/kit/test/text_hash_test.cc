#include "weir/detail/text_hash.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace weir::stages::test {
namespace {

/// How many of those texts meet in the fullest of as many slots.
std::size_t fullest(const std::vector<std::string>& texts) {
  constexpr std::size_t kSlots = 1u << 14;
  std::vector<std::size_t> slots(kSlots);
  for (const std::string& text : texts) ++slots[detail::TextHash()(text) % kSlots];
  return *std::max_element(slots.begin(), slots.end());
}

}  // namespace

TEST_CASE("equal texts have equal hashes, wherever they stand") {
  const std::string text(100, 'x');
  for (std::size_t size = 0; size <= 64; ++size) {
    for (std::size_t at = 0; at < 16; ++at) {
      const std::string_view part = std::string_view(text).substr(at, size);
      REQUIRE(detail::TextHash()(part) == detail::TextHash()(std::string(size, 'x')));
    }
  }
}

TEST_CASE("texts that differ in one place are spread over a table") {
  for (const std::size_t size : {3u, 4u, 7u, 8u, 12u, 16u, 17u, 24u, 33u}) {
    for (std::size_t at = 0; at + 3 <= size; ++at) {
      std::vector<std::string> texts;
      for (int i = 0; i < 1 << 14; ++i) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(i % 26 + 'a');
        text[at + 1] = static_cast<char>(i / 26 % 26 + 'a');
        text[at + 2] = static_cast<char>(i / 676 % 26 + 'a');
        texts.push_back(std::move(text));
      }
      CAPTURE(size, at);
      // By chance about 8; those that were chosen for it would all meet.
      REQUIRE(fullest(texts) < 24);
    }
  }
}

}  // namespace weir::stages::test
