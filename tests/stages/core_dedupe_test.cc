#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

const Registry& registry() {
  static const Registry types = [] {
    Registry result;
    add_dedupe(result);
    return result;
  }();
  return types;
}

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

}  // namespace weir
