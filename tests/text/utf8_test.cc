#include "graph/text/utf8.h"

#include <catch2/catch.hpp>

using weir::text::glyph_at;
using weir::text::printable;

TEST_CASE("well-formed UTF-8 is told from other bytes") {
  CHECK(glyph_at("a", 0).valid);
  CHECK(glyph_at("\xC3\xA9", 0).size == 2);
  CHECK(glyph_at("\xE6\x97\xA5", 0).size == 3);
  CHECK(glyph_at("\xF0\x9F\x98\x80", 0).size == 4);
  for (const char* bad : {"\x80", "\xC0\x80", "\xC3", "\xE6\x97", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\xE0\x80\x80"}) {
    CHECK_FALSE(glyph_at(bad, 0).valid);
    CHECK(glyph_at(bad, 0).size == 1);
  }
}

TEST_CASE("characters know how many columns they fill") {
  CHECK(glyph_at("a", 0).width == 1);
  CHECK(glyph_at("\xE6\x97\xA5", 0).width == 2);
  CHECK(glyph_at("\xCC\x81", 0).width == 0);
}

TEST_CASE("text is made printable") {
  CHECK(printable("a\tb\nc") == "a b c");
  CHECK(printable("\x01\xff") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(printable("gr\xC3\xB6\xC3\x9F"
                  "e") ==
        "gr\xC3\xB6\xC3\x9F"
        "e");
}
