#include "graph/text/source_text.h"

#include <catch2/catch.hpp>

using weir::Mark;
using weir::text::SourceText;

TEST_CASE("lines are found without their breaks") {
  const SourceText source("one\r\ntwo\n\nfour");
  CHECK(source.line(1) == "one");
  CHECK(source.line(2) == "two");
  CHECK(source.line(3).empty());
  CHECK(source.line(4) == "four");
  CHECK(source.line(0).empty());
  CHECK(source.line(5).empty());
}

TEST_CASE("an offset becomes a mark and back") {
  const SourceText source("ab\ncdef\n");
  CHECK(source.mark(0, 2) == Mark{1, 1, 2});
  CHECK(source.mark(4, 2) == Mark{2, 2, 2});
  CHECK(source.offset({2, 2, 2}) == 4);
  CHECK(source.offset({9, 1, 1}) == 8);
}

TEST_CASE("a mark ends with its line") {
  const SourceText source("ab\r\ncd");
  CHECK(source.mark(1, 100) == Mark{1, 2, 1});
  CHECK(source.mark(4, 100) == Mark{2, 1, 2});
}

TEST_CASE("the end of the text has a place") {
  CHECK(SourceText("").mark(0) == Mark{1, 1, 1});
  CHECK(SourceText("a\n").mark(99) == Mark{2, 1, 1});
}

TEST_CASE("a byte order mark stands in no column") {
  const SourceText source("\xEF\xBB\xBFname: x");
  CHECK(source.line(1) == "name: x");
  CHECK(source.mark(0, 4) == Mark{1, 1, 4});
}
