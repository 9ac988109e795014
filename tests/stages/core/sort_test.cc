#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"
#include "weir/sort_code.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_sort>;

kit::StageKit sort(const char* window, std::vector<std::string> by = {"n"},
                   bool descending = false) {
  return kit::StageKit(registry(), "sort",
                       map({{"by", kit::list(std::move(by))},
                            {"window", scalar(window)},
                            {"descending", scalar(descending ? "true" : "false")}}));
}

std::vector<Datum> numbered(const std::vector<int>& numbers) {
  std::vector<Datum> input;
  for (const int n : numbers) input.push_back({"", {{"n", std::to_string(n)}}, {}});
  return input;
}

/// The values of n, an error as its kind.
std::string order(const std::vector<Datum>& output) {
  std::string shown;
  for (const Datum& datum : output) {
    shown += (shown.empty() ? "" : " ") + (datum.error.empty()
                                               ? datum.fields.at(0).second
                                               : datum.error.substr(0, datum.error.find(':')));
  }
  return shown;
}

}  // namespace

TEST_CASE("sort puts records in order that are no further from their place than its window") {
  CHECK(order(sort("2").transform_at_every_cut(numbered({2, 3, 1, 4, 6, 5}))) == "1 2 3 4 5 6");
  CHECK(order(sort("100").transform_at_every_cut(numbered({5, 3, 1, 4}))) == "1 3 4 5");
  CHECK(order(sort("1").transform_at_every_cut(numbered({2, 1, 3}))) == "1 2 3");
  CHECK(sort("1").transform_at_every_cut({}).empty());
}

TEST_CASE("a record that should have left before another is late") {
  kit::StageKit stage = sort("1");
  CHECK(order(stage.transform_at_every_cut(numbered({3, 4, 1, 5, 3}))) == "3 late 4 late 5");
  CHECK(stage.failures().size() == 2);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("sort keeps the order of equal records, text and fields") {
  std::vector<Datum> input;
  for (int i = 0; i < 50; ++i) {
    input.push_back({"t" + std::to_string(i),
                     {{"n", std::to_string(i % 3)}, {"x", "[1]"}, {"y", "\"z\""}, {"e", "\"\""}},
                     {}});
  }
  std::vector<Datum> expected = input;
  const auto by_n = [](const Datum& a, const Datum& b) {
    return a.fields[0].second < b.fields[0].second;
  };
  std::stable_sort(expected.begin(), expected.end(), by_n);
  CHECK(sort("50").transform_at_every_cut(input) == expected);
  std::stable_sort(expected.begin(), expected.end(),
                   [&](const Datum& a, const Datum& b) { return by_n(b, a); });
  CHECK(sort("50", {"n"}, true).transform_at_every_cut(input) == expected);
}

TEST_CASE("sort compares field by field, also within JSON") {
  const auto two = [](const char* a, const char* b) { return Datum{"", {{"a", a}, {"b", b}}, {}}; };
  CHECK(sort("9", {"a", "b"})
            .transform_at_every_cut(
                {two("\"x\"", "2"), two("\"\"", "3"), two("\"xa\"", "0"), two("\"x\"", "1")}) ==
        std::vector<Datum>{two("\"\"", "3"), two("\"x\"", "1"), two("\"x\"", "2"),
                           two("\"xa\"", "0")});
  const Datum low{"low", {{"u", R"({"id":2})"}}, {}};
  const Datum high{"high", {{"u", R"({"id":10})"}}, {}};
  CHECK(sort("9", {"u.id"}).transform_at_every_cut({high, low}) == std::vector<Datum>{low, high});
}

TEST_CASE("sort may go by the times that a field states, in any format") {
  const auto sorted = [](const char* format, const std::vector<std::string>& values) {
    Node by;
    by.shape = Node::Shape::list;
    by.items = {map({{"field", scalar("n")},
                     {"format", scalar(format)},
                     {"zone", scalar("Europe/Berlin")}}),
                scalar("host")};
    kit::StageKit stage(registry(), "sort", map({{"by", by}, {"window", scalar("100")}}));
    std::vector<Datum> input;
    for (const std::string& value : values) {
      input.push_back({"", {{"n", value}, {"host", std::to_string(100 - input.size())}}, {}});
    }
    return order(stage.transform_at_every_cut(input));
  };
  CHECK(sorted("%d.%m.%Y", {"\"02.01.2026\"", "\"01.02.2026\"", "\"31.12.2025\""}) ==
        "\"31.12.2025\" \"02.01.2026\" \"01.02.2026\"");
  CHECK(sorted("common_log", {"\"01/Jan/2026:01:00:00 +0100\"", "\"01/Jan/2026:00:00:00 +0000\"",
                              "\"no time\"", "null"}) ==
        "time time \"01/Jan/2026:00:00:00 +0000\" \"01/Jan/2026:01:00:00 +0100\"");
  // Numbers and texts of numbers are the same times.
  CHECK(sorted("unix_ms", {"\"1001\"", "1000", "\"-5\""}) == "\"-5\" 1000 \"1001\"");
}

TEST_CASE("values of every type have one order") {
  const std::string with_zero("a\0", 2);
  const std::string with_zero_and_more("a\0b", 3);
  const std::vector<Value> ascending = {Value(),
                                        Value(false),
                                        Value(true),
                                        Value(-1e300),
                                        Value(INT64_MIN),
                                        Value(-3),
                                        Value(-2.5),
                                        Value(0),
                                        Value(0.5),
                                        Value(1),
                                        Value(std::int64_t{9007199254740992}),
                                        Value(std::int64_t{9007199254740993}),
                                        Value(std::int64_t{9007199254740994}),
                                        Value(INT64_MAX - 1),
                                        Value(INT64_MAX),
                                        Value(0x1p63),
                                        Value(1e300),
                                        Value(std::nan("")),
                                        Value(""),
                                        Value("a"),
                                        Value(std::string_view(with_zero)),
                                        Value(std::string_view(with_zero_and_more)),
                                        Value("a\1"),
                                        Value("aa"),
                                        Value("b"),
                                        Value("\xff"),
                                        Value::json("[1]"),
                                        Value::json("{}")};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      INFO(i << " and " << j);
      CHECK(sorts_before(ascending[i], ascending[j]) == (i < j));
    }
  }
  CHECK_FALSE(sorts_before(Value(-0.0), Value(0)));
  CHECK_FALSE(sorts_before(Value(0), Value(-0.0)));
  CHECK_FALSE(sorts_before(Value(1), Value(1.0)));
  CHECK_FALSE(sorts_before(Value(1.0), Value(1)));
}

TEST_CASE("sort agrees with a sort of everything where the window is wide enough") {
  std::mt19937 random(7);
  std::vector<int> numbers(2000);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<int>(i) + static_cast<int>(random() % 30);
  }
  std::vector<int> expected = numbers;
  std::sort(expected.begin(), expected.end());
  CHECK(sort("30").transform_at_every_cut(numbered(numbers)) == numbered(expected));
}

TEST_CASE("what sort holds is bounded by bytes and by the state of the run") {
  kit::StageKit by_bytes(registry(), "sort", map({{"by", scalar("n")}, {"bytes", scalar("1")}}));
  CHECK(order(by_bytes.transform_at_every_cut(numbered({1, 3, 2}))) == "1 3 late");

  kit::StageKit stage = sort("1000");
  stage.set_state_limit(2000);
  const std::vector<Datum> out = stage.transform_at_every_cut(numbered({9, 8, 7, 6, 5, 4, 3, 2}));
  CHECK(out.size() == 8);
  CHECK(out[0].error == "state_full: no room for a record to be sorted");
  CHECK(out[7] == numbered({9})[0]);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("a record of more than a third of limits.record is too big to be sorted") {
  kit::StageKit stage = sort("10");
  stage.set_record_limit(30'000);
  const std::vector<Datum> out = stage.transform_at_every_cut(
      {{std::string(10'000, 'x'), {{"n", "1"}}, {}}, {std::string(8'000, 'y'), {{"n", "2"}}, {}}});
  REQUIRE(out.size() == 2);
  CHECK_THAT(out[0].error, Catch::StartsWith("too_big: "));
  CHECK(out[1].text.size() == 8'000);
}

TEST_CASE("a sort without bounds or fields is a diagnostic") {
  CHECK_THROWS_WITH(kit::StageKit(registry(), "sort", map({{"by", scalar("n")}})),
                    "a sort holds a bounded number of records: give window or bytes");
  CHECK_THROWS_WITH(sort("0"), "expected at least 1, got '0'");
  CHECK_THROWS_WITH(sort("1", {}), "expected at least one field, got none");
  CHECK(sort("1", {"a", "b.c"}).named_fields() == std::vector<std::string>{"a", "b"});
}

}  // namespace weir::stages::test
