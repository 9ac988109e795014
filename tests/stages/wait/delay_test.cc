#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::map;
using kit::scalar;
using kit::StageKit;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using Waits = std::vector<nanoseconds>;

constexpr auto types = kit::types_of<add_wait_stages>;

Node waiting(const std::string& time, const std::string& seed = "1") {
  return map({{"for", scalar(time)}, {"seed", scalar(seed)}});
}

std::vector<Datum> records(std::size_t count) {
  std::vector<Datum> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back({std::to_string(i), {{"n", "1"}}, {}});
  return out;
}

Waits waits_of(Node with, std::size_t count, std::size_t cut = 0, int attempt = 1) {
  StageKit stage(types(), "delay", std::move(with));
  stage.set_attempt(attempt);
  stage.transform(records(count), cut);
  return stage.waits();
}

}  // namespace

TEST_CASE("delay passes a record on unchanged, after its time") {
  StageKit stage(types(), "delay", waiting("1m30s"));
  CHECK(stage.transform_at_every_cut(records(10)) == records(10));
  CHECK(stage.waits() == Waits(10, std::chrono::seconds(90)));
}

TEST_CASE("delay's uniform times lie evenly between their bounds") {
  const Waits waits = waits_of(waiting("1ms..100ms"), 10'000);
  REQUIRE(waits.size() == 10'000);
  CHECK(*std::min_element(waits.begin(), waits.end()) >= milliseconds(1));
  CHECK(*std::max_element(waits.begin(), waits.end()) <= milliseconds(100));
  std::size_t low = 0;
  for (const nanoseconds wait : waits) low += wait < std::chrono::microseconds(25'750);
  CHECK(low > 2300);
  CHECK(low < 2700);
  CHECK(std::set<nanoseconds>(waits.begin(), waits.end()).size() > 9'900);
}

TEST_CASE("delay's exponential times have their mean, and more are short than long") {
  const Waits waits = waits_of(waiting("~20ms"), 10'000);
  nanoseconds sum{0};
  std::size_t below = 0;
  for (const nanoseconds wait : waits) {
    sum += wait;
    below += wait < milliseconds(20);
  }
  CHECK(sum / 10'000 > milliseconds(19));
  CHECK(sum / 10'000 < milliseconds(21));
  CHECK(below > 6150);  // 1 - 1/e of them
  CHECK(below < 6500);
}

TEST_CASE("a record's delay depends on seed, origin and attempt alone") {
  const Waits waits = waits_of(waiting("0s..1s"), 50);
  CHECK(waits_of(waiting("0s..1s"), 50, 7) == waits);
  CHECK(waits_of(waiting("0s..1s", "2"), 50) != waits);
  CHECK(waits_of(waiting("0s..1s"), 50, 0, 2) != waits);
  const Waits more = waits_of(waiting("0s..1s"), 51);
  CHECK(Waits(more.begin(), more.end() - 1) == waits);
}

TEST_CASE("delay takes its time from a field, in milliseconds or with a unit") {
  StageKit stage(types(), "delay", map({{"field", scalar("t")}}));
  const std::vector<Datum> input = {{"", {{"t", "20"}}, {}},
                                    {"", {{"t", "0.5"}}, {}},
                                    {"", {{"t", "\"1s250ms\""}}, {}},
                                    {"", {{"t", "0"}}, {}}};
  CHECK(stage.transform_at_every_cut(input) == input);
  CHECK(stage.waits() == Waits{milliseconds(20), std::chrono::microseconds(500), milliseconds(1250),
                               milliseconds(0)});
  CHECK(stage.named_fields() == std::vector<std::string>{"t"});
}

TEST_CASE("a field that says no time is a permanent error of its record") {
  StageKit stage(types(), "delay", map({{"field", scalar("t")}}));
  const std::string wanted =
      "delay: field 't': expected milliseconds as a number or a duration such as 20ms, got ";
  const auto out = stage.transform_at_every_cut({{"", {}, {}},
                                                 {"", {{"t", "-1"}}, {}},
                                                 {"", {{"t", "1e13"}}, {}},
                                                 {"", {{"t", "\"20\""}}, {}},
                                                 {"", {{"t", "true"}}, {}},
                                                 {"", {{"t", "[1]"}}, {}}});
  REQUIRE(out.size() == 6);
  const std::vector<std::string> got = {"nothing", "-1", "1e+13", "'20'", "true", "'[1]'"};
  for (std::size_t i = 0; i < out.size(); ++i) {
    CHECK(out[i].error == wanted + got[i]);
    CHECK_FALSE(stage.failures()[i].retryable);
  }
}

TEST_CASE("delay refuses what is no time") {
  const std::string wanted = "expected a time such as 100ms, 1ms..100ms or ~20ms, got ";
  CHECK(kit::refused(types(), "delay", waiting("5")) ==
        wanted + "'5' [did you mean '5s'? A duration needs a unit]\n");
  CHECK(kit::refused(types(), "delay", waiting("9ms..1ms")) ==
        wanted + "'9ms..1ms' [did you mean '1ms..9ms'?]\n");
  CHECK(kit::refused(types(), "delay", waiting("1..9ms")) ==
        wanted + "'1..9ms' [each of the two times needs a unit]\n");
  CHECK(kit::refused(types(), "delay", waiting("~")) == wanted + "'~'\n");
  CHECK(kit::refused(types(), "delay", waiting("~1ms..2ms")) == wanted + "'~1ms..2ms'\n");
  CHECK(kit::refused(types(), "delay", map({})) == "for: missing option 'for' or 'field'");
  CHECK(kit::refused(types(), "delay", map({{"for", scalar("1s")}, {"field", scalar("t")}})) ==
        "field: expected no 'field' beside 'for'");
}

}  // namespace weir::stages::test
