#include "stages/core/state/siphash.h"

#include <catch2/catch.hpp>

namespace weir::stages::test {

TEST_CASE("siphash gives the values of the reference implementation") {
  const auto hash = [](std::string_view text) {
    return core::siphash(text, 0x0706050403020100, 0x0f0e0d0c0b0a0908);
  };
  CHECK(hash("") == core::Hash128{0xe6a825ba047f81a3, 0x930255c71472f66d});
  CHECK(hash(std::string_view("\0", 1)) == core::Hash128{0x44af996bd8c187da, 0x45fc229b11597634});
  // openssl mac -macopt hexkey:000102030405060708090a0b0c0d0e0f -macopt size:16 SIPHASH
  CHECK(hash("a text of more than one word, and a rest") ==
        core::Hash128{0x36dd320fad8feff6, 0x0c4f0e230582fed3});
}

TEST_CASE("siphash tells texts apart that differ in one byte, in length, or in their key") {
  CHECK_FALSE(core::siphash("12345678", 1, 2) == core::siphash("12345679", 1, 2));
  CHECK_FALSE(core::siphash("a", 1, 2) == core::siphash(std::string_view("a\0", 2), 1, 2));
  CHECK_FALSE(core::siphash("a", 1, 2) == core::siphash("a", 1, 3));
  CHECK_FALSE(core::siphash("a", 1, 2) == core::siphash("a", 3, 2));
}

}  // namespace weir::stages::test
