#include "weir/value.h"

#include <catch2/catch.hpp>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>

namespace weir {
namespace {

enum class Scoped { one };

template <class T>
constexpr bool kIsValue = std::is_constructible_v<Value, T>;

TEST_CASE("integers of every size are values") {
  CHECK(Value(std::size_t{3}).as_integer() == 3);
  CHECK(Value(3ull).as_integer() == 3);
  CHECK(Value(static_cast<short>(-3)).as_integer() == -3);
  CHECK(Value(static_cast<unsigned char>(200)).as_integer() == 200);
  CHECK(Value(std::string("abc").size()).type() == ValueType::integer);
  CHECK(Value(std::numeric_limits<long long>::min()).as_integer() == INT64_MIN);
  CHECK(Value(std::uint64_t{INT64_MAX}).as_integer() == INT64_MAX);
}

TEST_CASE("an integer above the largest int64 is the nearest double, not another integer") {
  const Value above(std::uint64_t{INT64_MAX} + 1);
  CHECK(above.type() == ValueType::real);
  CHECK(above.as_real() == 0x1p63);
  CHECK(Value(std::numeric_limits<std::uint64_t>::max()).as_real() == 0x1p64);
}

TEST_CASE("texts of every kind are values, and a null pointer is null") {
  const std::string text = "a text";
  CHECK(Value(text).as_text() == "a text");
  CHECK(Value(text.c_str()).as_text() == "a text");
  char buffer[] = "in a buffer";
  CHECK(Value(buffer).as_text() == "in a buffer");
  CHECK(Value(static_cast<const char*>(nullptr)).is_null());
  CHECK(Value(nullptr).is_null());
  CHECK(Value(1.5f).as_real() == 1.5);
}

TEST_CASE("no pointer becomes a boolean, and no character a number") {
  STATIC_REQUIRE_FALSE(kIsValue<int*>);
  STATIC_REQUIRE_FALSE(kIsValue<const void*>);
  STATIC_REQUIRE_FALSE(kIsValue<void (*)(int)>);
  STATIC_REQUIRE_FALSE(kIsValue<int Value::*>);
  STATIC_REQUIRE_FALSE(kIsValue<Scoped*>);
  STATIC_REQUIRE_FALSE(kIsValue<char>);
  STATIC_REQUIRE_FALSE(kIsValue<wchar_t>);
  STATIC_REQUIRE_FALSE(kIsValue<Scoped>);
  STATIC_REQUIRE(kIsValue<std::nullptr_t>);
  STATIC_REQUIRE(std::is_convertible_v<std::string, Value>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<Value>);
}

TEST_CASE("a text too long for a value is never cut to what is left of its size") {
  // Nothing reads these bytes.
  const char first = 'a';
  const std::string_view huge(&first, (std::size_t{1} << 32) + 5);
  CHECK(Value(huge).as_text().size() == 0xffffffffu);
}

}  // namespace
}  // namespace weir
