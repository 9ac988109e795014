#include "runtime/terminal/table.h"

#include <catch2/catch.hpp>

namespace weir::cli::test {
namespace {

Table stages() {
  Table table({Align::left, Align::right, Align::left});
  table.indent(2);
  table.head({"stage", "in", "errors"}, false);
  table.row({"parse", "3,000", "json 12, too_big 1 and a text that is long enough to be broken"});
  table.row({"write", "12", ""});
  return table;
}

TEST_CASE("a table's columns are as wide as their widest cell") {
  CHECK(stages().text() ==
        "  stage     in  errors\n"
        "  parse  3,000  json 12, too_big 1 and a text that is long enough to be broken\n"
        "  write     12\n");
}

TEST_CASE("a table breaks its last column between words where the screen ends") {
  CHECK(stages().text(50) ==
        "  stage     in  errors\n"
        "  parse  3,000  json 12, too_big 1 and a text that\n"
        "                is long enough to be broken\n"
        "  write     12\n");
}

TEST_CASE("a table lists its cells where not even its columns fit") {
  CHECK(stages().text(30) ==
        "  parse  in 3,000, errors\n"
        "    json 12, too_big 1 and a\n"
        "    text that is long enough\n"
        "    to be broken\n"
        "  write  in 12\n");
}

TEST_CASE("no line of a table is wider than the screen unless a word is") {
  for (std::size_t width = 28; width < 100; ++width) {
    const std::string text = stages().text(width);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      INFO(width << ": " << text);
      CHECK(end - at <= width);
      at = end + 1;
    }
  }
}

TEST_CASE("wrapped text keeps its words whole") {
  CHECK(wrapped_text("a bb ccc", 4, 2) == "a bb\n  ccc");
  CHECK(wrapped_text("abcdefgh ij", 4, 0) == "abcdefgh\nij");
  CHECK(wrapped_text("", 4, 0).empty());
}

}  // namespace
}  // namespace weir::cli::test
