#include <catch2/catch.hpp>

#include "tests/stages/parse/shown.h"

namespace weir::stages::test {
namespace {

using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto types = kit::types_of<add_parse_stages>;

std::string logfmt(const std::string& text, Options options = {}) {
  return parsed(types(), "logfmt.parse", text, std::move(options));
}

std::string kv(const std::string& text, Options options = {}) {
  return parsed(types(), "kv.parse", text, std::move(options));
}

TEST_CASE("logfmt.parse reads keys with bare and quoted values, and keys alone") {
  CHECK(logfmt(R"(a=1 b="x y" c)") == R"(a="1" b="x y" c=true)");
  CHECK(logfmt("  a=1 \t b=2\r\n") == R"(a="1" b="2")");
  CHECK(logfmt("a= b=\"\" c==") == R"(a="" b="" c="=")");
  CHECK(logfmt("a=b=c a\"b=1") == R"(a="b=c" a"b="1")");
  CHECK(logfmt("").empty());
  CHECK(logfmt(" \n").empty());
  CHECK(logfmt("a=1 b=2 a=3") == R"(a="3" b="2")");
}

TEST_CASE("logfmt.parse reads escapes in quotes") {
  CHECK(logfmt(R"(a="\"\\\n\t\r")") == R"(a="\"\\\n\t\r")");
  CHECK(logfmt(R"(a="\u00e9\ud83d\ude00")") == "a=\"é😀\"");
  CHECK(logfmt(R"(a="\d \u12 \")") == "logfmt: missing closing quote of 'a'");
  CHECK(logfmt(R"(a="\d \u12 x")") == R"(a="\\d \\u12 x")");
  CHECK(logfmt(R"(a="\ud83d \ude00 \ud83dx")") == "a=\"\uFFFD \uFFFD \uFFFDx\"");
  CHECK(logfmt(R"(a=\n)") == R"(a="\\n")");
}

TEST_CASE("logfmt.parse says what is wrong") {
  CHECK(logfmt("=1") == "logfmt: expected a key before '='");
  CHECK(logfmt(R"(a="x)") == "logfmt: missing closing quote of 'a'");
  CHECK(logfmt(R"(a="x\)") == "logfmt: missing closing quote of 'a'");
  CHECK(logfmt(R"(a="x"y)") == "logfmt: expected ' ' behind the closing quote of 'a', got 'y'");
  CHECK(logfmt("a=x", {{"types", map({{"a", scalar("integer")}})}}) ==
        "logfmt: field 'a': expected an integer, got 'x'");
}

TEST_CASE("members have the types that the options say, and an empty one of those is null") {
  const Options options{{"types", map({{"a", scalar("integer")}, {"b", scalar("number")}})}};
  CHECK(logfmt("a=1 b=1.50 c=2", options) == R"(a=1 b=1.50 c="2")");
  CHECK(logfmt("a= b=\"\" c=", options) == R"(a=null b=null c="")");
}

TEST_CASE("kv.parse has separators of its own") {
  const Options options{{"separator", scalar(";")}, {"assign", scalar(":")}};
  CHECK(kv("a=1 b=2") == R"(a="1" b="2")");
  CHECK(kv("a: 1; b : x y ;;c; d:", options) == R"(a="1" b="x y" c=true d="")");
  CHECK(kv("a:\"x;y\" ; b:\"\"", options) == R"(a="x;y" b="")");
  CHECK(kv("a:\"x\"y", options) == "kv: expected ';' behind the closing quote of 'a', got 'y'");
  CHECK(kv("a::1;b:c:d", options) == R"(a=":1" b="c:d")");
  CHECK(kv("k => 1 && l => 2", {{"separator", scalar("&&")}, {"assign", scalar("=>")}}) ==
        R"(k="1" l="2")");
  CHECK(kv("a='x y' b=\"z", {{"quote", scalar("'")}}) == R"(a="x y" b="\"z")");
  CHECK(kv("a=\"x y\"", {{"quote", scalar("none")}}) == R"(a="\"x" y"=true)");
}

TEST_CASE("a separator may begin where an assign does") {
  const auto kv = [](const char* separator, const char* assign, const std::string& text) {
    return parsed(types(), "kv.parse", text,
                  {{"separator", scalar(separator)}, {"assign", scalar(assign)}});
  };
  CHECK(kv(";", "=;", "a=;b=;c") == "a==true b==true c=true");
  CHECK(kv("=;", "=", "a=1=;b=2") == R"(a="1" b="2")");
  CHECK(kv(" ", ": ", "a: b") == "a:=true b=true");
  CHECK(kv("--", "->", "a->b-c--d->e-") == R"(a="b-c" d="e-")");
}

TEST_CASE("kv.parse refuses options that mean nothing together") {
  CHECK_THROWS_WITH(kv("", {{"separator", scalar("")}}), Catch::Contains("expected 1 to 16 bytes"));
  CHECK_THROWS_WITH(kv("", {{"separator", scalar("=")}}),
                    Catch::Contains("expected an 'assign' other than 'separator'"));
  CHECK_THROWS_WITH(kv("", {{"quote", scalar("ab")}}),
                    Catch::Contains("expected one ASCII character or none, got 'ab'"));
  CHECK_THROWS_WITH(kv("", {{"quote", scalar("=")}}), Catch::Contains("other than"));
}

TEST_CASE("a result goes where the options say") {
  CHECK(logfmt("a=1 b", {{"into", scalar("all")}}) == R"(all={"a":"1","b":true})");
  CHECK(logfmt("a=1 b", {{"prefix", scalar("x_")}}) == R"(x_a="1" x_b=true)");
}

TEST_CASE("a long text takes linear time") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "key" + std::to_string(i) + "=\"a b\" ";
  CHECK(logfmt(text, {{"into", scalar("all")}}).size() > text.size());
}

}  // namespace
}  // namespace weir::stages::test
