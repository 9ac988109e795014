// stages/json/structurals.cc uses simdjson through its internal interface, which promises nothing
// from one version to the next. These cases hold what it relies on; they were tried with simdjson
// 3.0.1 (Debian 12) and 3.12.2 (Debian 13). Where one fails with another version, it is that file
// that must follow.
#include "stages/json/structurals.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using weir::stages::json::Structurals;

namespace {

bool is_structure(char c) { return std::string_view("{}[]:,").find(c) != std::string_view::npos; }
bool is_space(char c) { return std::string_view(" \t\n\r").find(c) != std::string_view::npos; }

/// What `find` should find, byte by byte.
std::vector<std::uint32_t> places_of(std::string_view text) {
  std::vector<std::uint32_t> places;
  bool in_string = false, in_scalar = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    if (is_structure(c) || c == '"' || (!is_space(c) && !in_scalar)) {
      places.push_back(static_cast<std::uint32_t>(i));
    }
    in_string = c == '"';
    in_scalar = !is_structure(c) && !is_space(c) && c != '"';
  }
  return places;
}

void check_places(Structurals& structurals, std::string_view text) {
  INFO(text);
  REQUIRE(structurals.find(text) == Structurals::Status::good);
  CHECK(std::vector(structurals.begin(), structurals.end()) == places_of(text));
  // The reader looks at it without asking whether it is the end.
  CHECK(*structurals.end() == text.size());
}

}  // namespace

TEST_CASE("structure is found around every border of simdjson's blocks", "[structurals]") {
  Structurals structurals;
  const std::string_view pieces[] = {R"({"a":)", R"("\\\"]")", "[1.5,",
                                     "true ,\t", "\n-3e7",     "\"é\":"};
  for (std::size_t size = 1; size < 300; ++size) {
    std::string text(size, ' ');
    for (const std::string_view piece : pieces)
      check_places(structurals, text + "," + std::string(piece));
    check_places(structurals, text + R"({"a\\":"\"b","c":[null,{}]})");
  }
}

TEST_CASE("a text that is all structure has room in the index", "[structurals]") {
  for (std::size_t size = 1; size < 300; ++size) {
    Structurals structurals;
    check_places(structurals, std::string(size, '['));
  }
  Structurals structurals;
  for (const std::size_t size : {65535u, 65536u, 65537u, 2000000u, 64u}) {
    check_places(structurals, std::string(size, ','));
  }
}

TEST_CASE("the first stage says what is wrong with a text", "[structurals]") {
  Structurals structurals;
  CHECK(structurals.find("") == Structurals::Status::empty);
  CHECK(structurals.find(" \n") == Structurals::Status::empty);
  CHECK(structurals.find("\"a") == Structurals::Status::open_string);
  CHECK(structurals.find("\"a\\\"") == Structurals::Status::open_string);
  CHECK(structurals.find("\"a\nb\"") == Structurals::Status::control_character);
  CHECK(structurals.find("\"\xff\"") == Structurals::Status::bad_utf8);
  CHECK(structurals.find("\"\xed\xa0\x80\"") == Structurals::Status::bad_utf8);
  check_places(structurals, R"({"a":1})");
}
