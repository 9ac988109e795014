#include <catch2/catch.hpp>
#include <chrono>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_dedupe>;

Datum of(const std::string& text, std::vector<std::pair<std::string, std::string>> fields) {
  return {text, std::move(fields), {}};
}

/// The texts that go on, all in one.
std::string left(const std::vector<Datum>& input, const char* last,
                 std::vector<std::string> key = {}) {
  kit::StageKit stage(registry(), "dedupe", map({{"last", scalar(last)}}), std::move(key));
  std::string texts;
  for (const Datum& datum : stage.transform_at_every_cut(input)) texts += datum.text;
  CHECK(stage.count("duplicates") == input.size() - texts.size());
  return texts;
}

std::string left_of(std::string_view letters, const char* last) {
  std::vector<Datum> input;
  for (const char letter : letters) input.push_back({std::string(1, letter), {}, {}});
  return left(input, last);
}

}  // namespace

TEST_CASE("dedupe drops what was there before and counts it") {
  CHECK(left_of("abcabcdaab", "10") == "abcd");
  CHECK(left_of("", "10").empty());
  CHECK(left_of("aaaaaaaaa", "1") == "a");
}

TEST_CASE("dedupe remembers the last distinct texts, each since it was seen last") {
  CHECK(left_of("abab", "1") == "abab");
  CHECK(left_of("abcabc", "2") == "abcabc");
  CHECK(left_of("abcabc", "3") == "abc");
  // b is forgotten for c, a is not: it was seen again after b.
  CHECK(left_of("abacab", "2") == "abcb");
}

TEST_CASE("dedupe compares whole texts") {
  const std::string longest(100'000, 'x');
  kit::StageKit stage(registry(), "dedupe");
  std::vector<Datum> input;
  for (const char* end : {"", "a", "b", "a", "aa", ""}) {
    input.push_back({longest + end, {}, {}});
  }
  input.push_back({"", {}, {}});
  input.push_back({"", {}, {}});
  const std::vector<Datum> output = stage.transform_at_every_cut(input);
  CHECK(output == std::vector<Datum>{input[0], input[1], input[2], input[4], input[6]});
}

TEST_CASE("dedupe with a key compares nothing else") {
  CHECK(left({of("a", {{"k", "1"}, {"x", "1"}}), of("b", {{"k", "2"}}),
              of("c", {{"k", "1"}, {"x", "2"}}), of("a", {{"k", "3"}})},
             "10", {"k"}) == "aba");
}

TEST_CASE("dedupe compares the fields of a key one by one") {
  const auto two = [](const char* text, const char* a, const char* b) {
    return of(text, {{"a", a}, {"b", b}});
  };
  CHECK(left({two("a", "\"x\"", "\"yz\""), two("b", "\"xy\"", "\"z\""), two("c", "\"x\"", "\"yz\""),
              two("d", "\"yz\"", "\"x\""), two("e", "\"\"", "\"xyz\"")},
             "10", {"a", "b"}) == "abde");
}

TEST_CASE("dedupe tells values of every type apart, but not equal numbers") {
  CHECK(left({of("a", {{"k", "1"}}), of("b", {{"k", "1.0"}}), of("c", {{"k", "\"1\""}}),
              of("d", {{"k", "true"}}), of("e", {{"k", "0.5"}}), of("f", {{"k", "[1]"}}),
              of("g", {{"k", "\"[1]\""}}), of("h", {{"k", "null"}}), of("i", {}),
              of("j", {{"k", "false"}}), of("k", {{"k", "0.5"}})},
             "20", {"k"}) == "acdefghj");
}

TEST_CASE("dedupe takes a path into nested JSON as its key") {
  CHECK(left({of("a", {{"user", R"({"id":1})"}}), of("b", {{"user", R"({"id":1,"x":2})"}}),
              of("c", {{"user", R"({"id":2})"}})},
             "10", {"user.id"}) == "ac");
}

TEST_CASE("dedupe of more records than it remembers keeps what it must") {
  std::vector<Datum> input;
  for (int i = 0; i < 20'000; ++i) input.push_back({std::to_string(i % 2500), {}, {}});
  const auto count = [&](const char* last) {
    kit::StageKit stage(registry(), "dedupe", map({{"last", scalar(last)}}));
    return stage.transform(input, 1000).size();
  };
  CHECK(count("2500") == 2500);
  CHECK(count("2499") == 20'000);  // each is forgotten just before it comes again
}

TEST_CASE("dedupe needs the text only where it compares it") {
  CHECK(kit::StageKit(registry(), "dedupe").kinds().needs_text);
  CHECK_FALSE(kit::StageKit(registry(), "dedupe", map({}), {"k"}).kinds().needs_text);
}

TEST_CASE("dedupe remembers from one to a hundred million keys") {
  const auto with_last = [](const char* last) {
    return kit::StageKit(registry(), "dedupe", map({{"last", scalar(last)}}));
  };
  CHECK_THROWS_WITH(with_last("0"), Catch::StartsWith("expected at least 1, got '0'"));
  CHECK_THROWS_WITH(with_last("100000001"),
                    Catch::StartsWith("expected at most 100000000, got '100000001'"));
  CHECK_NOTHROW(with_last("100000000"));
}

namespace {

Datum at(const std::string& text, const std::string& time) { return of(text, {{"t", time}}); }

kit::StageKit within(const char* time) {
  return kit::StageKit(registry(), "dedupe",
                       map({{"within", scalar(time)}, {"time", scalar("t")}}));
}

std::vector<std::string> texts(const std::vector<Datum>& output) {
  std::vector<std::string> all;
  for (const Datum& datum : output) {
    all.push_back(datum.error.empty() ? datum.text : datum.error.substr(0, datum.error.find(':')));
  }
  return all;
}

using Texts = std::vector<std::string>;

std::vector<Datum> letters(std::string_view text) {
  std::vector<Datum> all;
  for (const char letter : text) all.push_back({std::string(1, letter), {}, {}});
  return all;
}

}  // namespace

TEST_CASE("dedupe within a time drops what was seen at most so long before, dropped or not") {
  kit::StageKit stage = within("10s");
  CHECK(texts(stage.transform_at_every_cut({at("a", "100"), at("a", "110"), at("b", "110"),
                                            at("a", "120"), at("a", "130.001"), at("b", "131")})) ==
        Texts{"a", "b", "a", "b"});
  CHECK(stage.count("duplicates") == 2);
  CHECK(stage.state_used() == 0);
}

TEST_CASE("dedupe within a time takes texts as times and fails a record without one") {
  kit::StageKit stage = within("1m");
  CHECK(texts(stage.transform_at_every_cut(
            {at("a", "\"2026-01-31T10:00:00Z\""), at("a", "\"2026-01-31T11:01:00+01:00\""),
             at("a", "\"soon\""), of("a", {}), at("a", "\"2026-01-31 10:02:00.000000001\"")})) ==
        Texts{"a", "time", "time", "a"});
}

TEST_CASE("dedupe within a time reads times of any format") {
  const Node time = map({{"field", scalar("t")}, {"format", scalar("unix_ms")}});
  kit::StageKit stage(registry(), "dedupe", map({{"within", scalar("1s")}, {"time", time}}), {});
  CHECK(texts(stage.transform_at_every_cut({at("a", "1769903999000"), at("a", "\"1769904000000\""),
                                            at("a", "\"2026-01-31\""),
                                            at("a", "1769904001001")})) == Texts{"a", "time", "a"});
}

TEST_CASE("dedupe within a time compares times that are out of order by their distance") {
  kit::StageKit stage = within("10s");
  CHECK(texts(stage.transform_at_every_cut({at("a", "100"), at("a", "95"), at("a", "105"),
                                            at("a", "94"), at("a", "115")})) == Texts{"a", "a"});
}

TEST_CASE("dedupe forgets keys when their time is over, not before") {
  std::vector<Datum> input;
  for (int i = 0; i < 1000; ++i) input.push_back(at(std::to_string(i), std::to_string(i)));
  kit::StageKit stage = within("99s");
  stage.set_state_limit(56 * 101);  // those of 100 seconds, and the one that is due to go
  CHECK(texts(stage.transform_at_every_cut(input)).size() == 1000);
  stage.open();
  stage.feed(input);
  CHECK(stage.state_used() >= 56 * 100);
  stage.feed({at("x", "100000")});
  CHECK(stage.state_used() == 56);
  stage.finish();
  stage.set_state_limit(56 * 99);
  CHECK(stage.transform(input)[99].error == "state_full: no room to remember one more key");
}

TEST_CASE("dedupe without a time field goes by the clock of arrival") {
  kit::StageKit hour(registry(), "dedupe", map({{"within", scalar("1h")}}));
  CHECK(hour.transform_at_every_cut(letters("aabbaab")) == letters("ab"));
  kit::StageKit moment(registry(), "dedupe", map({{"within", scalar("1ns")}}));
  std::vector<Datum> out = moment.open();
  const auto now = [] { return std::chrono::steady_clock::now(); };
  for (int i = 0; i < 3; ++i) {
    for (const auto then = now(); now() - then < std::chrono::nanoseconds(100);) {
    }
    for (const Datum& datum : moment.feed(letters("a"))) out.push_back(datum);
  }
  moment.finish();
  CHECK(out == letters("aaa"));
}

TEST_CASE("a key too many for limits.state is an error of its record, or the oldest makes room") {
  const std::vector<Datum> input = letters("abcab");
  kit::StageKit failing(registry(), "dedupe");
  failing.set_state_limit(2 * 56);
  CHECK(texts(failing.transform_at_every_cut(input)) == Texts{"a", "b", "state_full"});
  CHECK(failing.state_used() == 0);

  kit::StageKit evicting(registry(), "dedupe", map({}), {"k"});
  evicting.set_state_limit(2 * 56);
  evicting.set_key_limit(0, KeyPolicy::WhenFull::evict);
  CHECK(texts(evicting.transform_at_every_cut({of("a", {{"k", "1"}}), of("b", {{"k", "2"}}),
                                               of("c", {{"k", "1"}}), of("d", {{"k", "3"}}),
                                               of("e", {{"k", "1"}}), of("f", {{"k", "2"}})})) ==
        Texts{"a", "b", "d", "f"});
  CHECK(evicting.count("evicted") == 2);
  CHECK(evicting.state_used() == 0);
  evicting.set_state_limit(55);
  CHECK(texts(evicting.transform({of("a", {{"k", "1"}})})) == Texts{"state_full"});
}

TEST_CASE("dedupe remembers at most as many keys as 'max' of its key says") {
  const std::vector<Datum> input = {of("a", {{"k", "1"}}), of("b", {{"k", "2"}}),
                                    of("c", {{"k", "3"}}), of("d", {{"k", "1"}})};
  kit::StageKit stage(registry(), "dedupe", map({}), {"k"});
  stage.set_key_limit(2, KeyPolicy::WhenFull::error);
  CHECK(texts(stage.transform_at_every_cut(input)) == Texts{"a", "b", "state_full"});
  stage.set_key_limit(2, KeyPolicy::WhenFull::evict);
  CHECK(texts(stage.transform_at_every_cut(input)) == Texts{"a", "b", "c", "d"});
  CHECK(stage.count("evicted") == 2);
}

TEST_CASE("dedupe says what is wrong with its times") {
  CHECK_THROWS_WITH(kit::StageKit(registry(), "dedupe", map({{"time", scalar("t")}})),
                    "expected 'within' beside 'time'");
  CHECK_THROWS_WITH(kit::StageKit(registry(), "dedupe", map({{"within", scalar("0s")}})),
                    "expected more than 0s, got '0s'");
}

}  // namespace weir::stages::test
