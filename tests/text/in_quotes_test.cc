#include "weir/in_quotes.h"

#include <catch2/catch.hpp>
#include <string>

using weir::in_quotes;

TEST_CASE("a word stands in quotes in a message", "[in_quotes]") {
  CHECK(in_quotes("") == "''");
  CHECK(in_quotes("abc") == "'abc'");
  CHECK(in_quotes(std::string(60, 'a')) == "'" + std::string(60, 'a') + "'");
}

TEST_CASE("a long word is cut, but not inside of a character", "[in_quotes]") {
  CHECK(in_quotes(std::string(61, 'a')) == "'" + std::string(60, 'a') + "...'");
  CHECK(in_quotes(std::string(59, 'a') + "éb") == "'" + std::string(59, 'a') + "...'");
  CHECK(in_quotes(std::string(58, 'a') + "éb") == "'" + std::string(58, 'a') + "é...'");
  // What is no UTF-8 is cut somewhere.
  CHECK(in_quotes(std::string(100, '\x80')) == "'" + std::string(60, '\x80') + "...'");
}

TEST_CASE("a word in quotes stays on one line", "[in_quotes]") {
  CHECK(in_quotes("a\nb\tc\x1b[31m") == "'a b c [31m'");
}
