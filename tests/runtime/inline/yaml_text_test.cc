#include "runtime/inline/yaml_text.h"

#include <catch2/catch.hpp>

namespace weir::cli::test {
namespace {

TEST_CASE("a scalar is bare where YAML takes it as it is") {
  CHECK(yaml_scalar("status >= 400 and x ~= 'a'") == "status >= 400 and x ~= 'a'");
  CHECK(yaml_scalar("out/file.csv", true) == "out/file.csv");
  CHECK(yaml_scalar("10") == "10");
}

TEST_CASE("a scalar that YAML would read otherwise is quoted") {
  CHECK(yaml_scalar("") == "''");
  CHECK(yaml_scalar("-") == "\"-\"");
  CHECK(yaml_scalar("null") == "'null'");
  CHECK(yaml_scalar("~") == "'~'");
  CHECK(yaml_scalar("a: b") == "'a: b'");
  CHECK(yaml_scalar("a #b") == "'a #b'");
  CHECK(yaml_scalar("{time} it's") == "'{time} it''s'");
  CHECK(yaml_scalar("a, b", true) == "'a, b'");
  CHECK(yaml_scalar("'a'") == "'''a'''");
  CHECK(yaml_scalar("a\nb\t\x01\"") == "\"a\\nb\\t\\x01\\\"\"");
}

}  // namespace
}  // namespace weir::cli::test
