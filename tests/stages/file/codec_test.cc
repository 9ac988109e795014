#include <malloc.h>
#include <catch2/catch.hpp>

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/codec.h"

namespace weir::stages::test {
namespace {

TEST_CASE("an encoder holds what is said of it") {
  for (const file::Codec codec : {file::Codec::gzip, file::Codec::zstd}) {
    constexpr std::size_t kCount = 10;
    std::mt19937 random(1);
    std::string text;
    while (text.size() < 6u << 20) text += std::to_string(random() % 1'000'000) + " of a line\n";
    std::vector<char> room(128 * 1024);
    const auto held = [] {
      const struct mallinfo2 info = ::mallinfo2();
      return info.uordblks + info.hblkhd;
    };
    const std::size_t before = held();
    std::vector<std::unique_ptr<file::Encoder>> encoders;
    for (std::size_t i = 0; i < kCount; ++i) {
      encoders.push_back(file::make_encoder(codec));
      for (std::string_view left = text; !left.empty();) encoders.back()->encode(left, room, false);
    }
    const std::size_t each = (held() - before) / kCount;
    if (each == 0) continue;  // This malloc does not say.
    INFO(each << " bytes each");
    CHECK(each <= file::encoder_memory(codec));
    CHECK(each * 10 >= file::encoder_memory(codec) * 9);
  }
}

}  // namespace
}  // namespace weir::stages::test
