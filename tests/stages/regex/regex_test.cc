#include "stages/regex/search_pattern.h"

#include <re2/re2.h>

#include <catch2/catch.hpp>
#include <random>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

namespace {

using kit::Datum;
using kit::map;
using kit::scalar;
using Fields = decltype(Datum::fields);

constexpr auto types = kit::types_of<add_regex_stages>;

std::vector<Datum> run(const std::string& type, Node with, const std::vector<Datum>& records) {
  return kit::StageKit(types(), type, std::move(with)).transform_at_every_cut(records);
}

std::vector<std::string> texts(const std::vector<Datum>& records) {
  std::vector<std::string> out;
  for (const Datum& record : records) out.push_back(record.text);
  return out;
}

}  // namespace

TEST_CASE("regex.match keeps the records that match anywhere") {
  const std::vector<Datum> records = {{"an error", {}, {}}, {"fine", {}, {}}, {"", {}, {}}};
  CHECK(texts(run("regex.match", map({{"pattern", scalar("err|^$")}}), records)) ==
        std::vector<std::string>{"an error", ""});
  CHECK(texts(run("regex.match", map({{"pattern", scalar("err")}, {"invert", scalar("true")}}),
                  records)) == std::vector<std::string>{"fine", ""});
}

TEST_CASE("a pattern matches a text that is not UTF-8 by its bytes") {
  const std::vector<Datum> records = {{"caf\xe9 au lait", {}, {}}, {"caf\xc3\xa9 au lait", {}, {}}};
  const auto out =
      run("regex.match", map({{"pattern", scalar(R"(^(?P<a>\S+) (?P<b>.*)$)")}}), records);
  REQUIRE(out.size() == 2);
  CHECK(out[0].fields == Fields{{"a", "\"caf\xe9\""}, {"b", "\"au lait\""}});
  CHECK(out[1].fields == Fields{{"a", "\"caf\xc3\xa9\""}, {"b", "\"au lait\""}});
  // One character of UTF-8 is one for `.`, and two bytes where the text is none.
  CHECK(
      run("regex.match", map({{"pattern", scalar("^.$")}}),
          {{"\xc3\xa9", {}, {}}, {"\xe9", {}, {}}, {"\xe9\xe9", {}, {}}, {"\xed\xa0\x80", {}, {}}})
          .size() == 2);
  // Letters beyond ASCII stand for the bytes that they are written with.
  CHECK(run("regex.match", map({{"pattern", scalar("\xc3\xa9")}}), {{"\xff\xc3\xa9", {}, {}}})
            .size() == 1);
  CHECK(texts(run("regex.replace", map({{"pattern", scalar(R"(\s+)")}, {"to", scalar("_")}}),
                  {{"a\xe9 b\xff", {}, {}}})) == std::vector<std::string>{"a\xe9_b\xff"});
  CHECK(texts(run("regex.replace", map({{"pattern", scalar("")}, {"to", scalar("-")}}),
                  {{"\xe9"
                    "e",
                    {},
                    {}},
                   {"\xc3\xa9"
                    "e",
                    {},
                    {}}})) == std::vector<std::string>{"-\xe9-e-", "-\xc3\xa9-e-"});
}

TEST_CASE("a class of characters beyond ASCII is found, and nothing else is") {
  using regex::class_beyond_ascii;
  for (const std::string pattern :
       {"ä", "(ä|ö)+", "[a-z]ä[^x]", "\\[ä]", "\\Q[ä]\\E", "[[:alpha:]]ä", "[]a]ä", "[^]]ä",
        "[\\]]ä", "", "[", "[[:", "\\", "\\Q"}) {
    INFO(pattern);
    CHECK(class_beyond_ascii(pattern).empty());
  }
  for (const std::string found : {"[ä]", "[^ä]", "[a-zäöü]", "[]ä]", "[[:alpha:]ß]", "[\\]ä]"}) {
    CHECK(class_beyond_ascii("x\\[[a]" + found + "y") == found);
  }
}

TEST_CASE("regex.match makes fields of named groups, beside those that are there") {
  const Node with = map({{"pattern", scalar(R"((?P<ip>\S+) - (?P<status>\d+)?(\w*)(?P<rest>.*))")},
                         {"types", map({{"status", scalar("integer")}})}});
  const auto out = run("regex.match", with,
                       {{"::1 - 200abc!", {{"old", "1"}, {"rest", "2"}}, {}},
                        {"no match", {}, {}},
                        {"x - y", {}, {}}});
  REQUIRE(out.size() == 2);
  CHECK(out[0].fields ==
        Fields{{"old", "1"}, {"rest", "\"!\""}, {"ip", "\"::1\""}, {"status", "200"}});
  CHECK(out[1].fields == Fields{{"ip", "\"x\""}, {"status", "null"}, {"rest", "\"\""}});
}

TEST_CASE("regex.match puts its groups where 'into' or 'prefix' says") {
  const auto with = [](std::vector<std::pair<std::string, Node>> place) {
    place.emplace_back("pattern", scalar(R"((?P<ip>\S+) (?P<n>\d+)?(?P<q>.*))"));
    place.emplace_back("types", map({{"n", scalar("integer")}}));
    place.emplace_back("on_mismatch", scalar("keep"));
    return map(std::move(place));
  };
  const std::vector<Datum> input = {
      {"x 12\"", {{"ip", "0"}, {"m", "1"}}, {}}, {"y z", {}, {}}, {"none", {{"ip", "0"}}, {}}};
  const auto prefixed = run("regex.match", with({{"prefix", scalar("r.")}}), input);
  CHECK(prefixed[0].fields ==
        Fields{{"ip", "0"}, {"m", "1"}, {"r.ip", "\"x\""}, {"r.n", "12"}, {"r.q", "\"\"\""}});
  CHECK(prefixed[1].fields == Fields{{"r.ip", "\"y\""}, {"r.n", "null"}, {"r.q", "\"z\""}});
  CHECK(prefixed[2] == input[2]);
  const auto whole = run("regex.match", with({{"into", scalar("m")}}), input);
  CHECK(whole[0].fields == Fields{{"ip", "0"}, {"m", R"({"ip":"x","n":12,"q":"\""})"}});
  CHECK(whole[1].fields == Fields{{"m", R"({"ip":"y","n":null,"q":"z"})"}});
  CHECK(whole[2] == input[2]);
}

TEST_CASE("regex.match takes 'into' and 'prefix' with named groups only") {
  const auto refused = [](const char* option) {
    return kit::refused(types(), "regex.match",
                        map({{"pattern", scalar("(a)")}, {option, scalar("x")}}));
  };
  CHECK(refused("into") == "into: 'into' needs a pattern with named groups");
  CHECK(refused("prefix") == "prefix: 'prefix' needs a pattern with named groups");
}

TEST_CASE("regex.match drops, keeps or fails what does not match") {
  const auto with = [](const std::string& what) {
    return map({{"pattern", scalar("(?P<n>\\d+)")}, {"on_mismatch", scalar(what)}});
  };
  CHECK(run("regex.match", with("drop"), {{"x", {}, {}}}).empty());
  CHECK(run("regex.match", with("keep"), {{"x", {{"a", "1"}}, {}}}).at(0).fields ==
        Fields{{"a", "1"}});
  CHECK(run("regex.match", with("error"), {{"x", {}, {}}}).at(0).error ==
        "regex: the pattern does not match 'x'");
}

TEST_CASE("regex.match says which group is not of its type") {
  CHECK(run("regex.match",
            map({{"pattern", scalar("(?P<n>\\w+)")}, {"types", map({{"n", scalar("number")}})}}),
            {{"12x", {}, {}}})
            .at(0)
            .error == "regex: group 'n': expected a number, got '12x'");
}

TEST_CASE("regex.match looks at a field, whatever its type") {
  const auto kept = [](const std::string& pattern, const std::string& value) {
    return run("regex.match", map({{"pattern", scalar(pattern)}, {"field", scalar("f")}}),
               {{"text", {{"f", value}}, {}}})
               .size() == 1;
  };
  CHECK(kept("^b", "\"bc\""));
  CHECK_FALSE(kept("text", "\"bc\""));
  CHECK(kept("^404$", "404"));
  CHECK(kept("^2\\.5$", "2.5"));
  CHECK(kept("true", "true"));
  CHECK_FALSE(kept(".*", "null"));
}

TEST_CASE("regex.match refuses what makes no sense") {
  CHECK(kit::refused(types(), "regex.match", map({{"pattern", scalar("a(b")}})) ==
        "pattern:0: expected a regular expression: missing ): a(b");
  CHECK(kit::refused(types(), "regex.match", map({{"pattern", scalar("a**")}})) ==
        "pattern:1: expected a regular expression: bad repetition operator: **");
  CHECK(kit::refused(types(), "regex.match",
                     map({{"pattern", scalar("(?P<a>.)")}, {"invert", scalar("true")}})) ==
        "invert: a record that does not match has no groups: remove 'invert' or the names of the "
        "groups");
  CHECK(kit::refused(types(), "regex.match",
                     map({{"pattern", scalar("x")},
                          {"invert", scalar("true")},
                          {"on_mismatch", scalar("keep")}})) ==
        "on_mismatch: expected no 'on_mismatch' beside 'invert: true'");
  CHECK(kit::refused(types(), "regex.match",
                     map({{"pattern", scalar("x")}, {"types", map({{"a", scalar("number")}})}})) ==
        "types: unknown group 'a'");
}

TEST_CASE("regex.match gives fields only where it names groups") {
  const auto kinds = [](Node with) {
    return kit::StageKit(types(), "regex.match", std::move(with)).kinds();
  };
  CHECK_FALSE(kinds(map({{"pattern", scalar("x")}})).gives_fields);
  CHECK(kinds(map({{"pattern", scalar("x")}})).needs_text);
  CHECK(kinds(map({{"pattern", scalar("(?P<a>x)")}})).gives_fields);
  CHECK(kinds(map({{"pattern", scalar("(?P<a>x)")}, {"field", scalar("f")}})).changes_fields);
}

TEST_CASE("regex.replace changes the text or a field") {
  CHECK(texts(run("regex.replace", map({{"pattern", scalar("(\\d+)")}, {"to", scalar("<\\1>")}}),
                  {{"a1b22", {}, {}}, {"none", {}, {}}})) ==
        std::vector<std::string>{"a<1>b<22>", "none"});
  CHECK(texts(run("regex.replace",
                  map({{"pattern", scalar("\\d")}, {"to", scalar("")}, {"all", scalar("false")}}),
                  {{"a1b22", {}, {}}})) == std::vector<std::string>{"ab22"});
  const auto out =
      run("regex.replace",
          map({{"pattern", scalar("x")}, {"to", scalar("yy")}, {"field", scalar("f")}}),
          {{"x", {{"f", "\"axa\""}}, {}}, {"x", {{"f", "1"}}, {}}, {"x", {}, {}}});
  CHECK(out[0].fields == Fields{{"f", "\"ayya\""}});
  CHECK(out[0].text == "x");
  CHECK(out[1].fields == Fields{{"f", "1"}});
  CHECK(out[2].fields.empty());
}

TEST_CASE("regex.replace does what RE2 does") {
  std::mt19937 random(5);
  for (const std::string pattern : {"x*", "a|", "", "b+", "(a)(b)?", "\\b", "$", "^", "é*", "."}) {
    std::vector<Datum> records;
    std::vector<std::string> wanted;
    for (int i = 0; i < 200; ++i) {
      static const std::vector<std::string> kPieces = {"a", "b", "x", "é", "€", " ", "\xff"};
      std::string text;
      for (std::size_t n = random() % 8; n > 0; --n) text += kPieces[random() % kPieces.size()];
      records.push_back({text, {}, {}});
      // By bytes where it is not UTF-8: Latin-1's characters are bytes.
      RE2::Options options;
      if (text.find('\xff') != std::string::npos)
        options.set_encoding(RE2::Options::EncodingLatin1);
      RE2::GlobalReplace(&text, RE2(pattern, options), "[\\0]");
      wanted.push_back(text);
    }
    INFO(pattern);
    CHECK(texts(run("regex.replace", map({{"pattern", scalar(pattern)}, {"to", scalar("[\\0]")}}),
                    records)) == wanted);
  }
}

TEST_CASE("regex.replace fails a record that grows beyond its limit") {
  kit::StageKit stage(types(), "regex.replace",
                      map({{"pattern", scalar("a")}, {"to", scalar(std::string(1000, 'b'))}}));
  stage.set_record_limit(100'000);
  const auto out = stage.transform_at_every_cut({{std::string(1000, 'a'), {}, {}}, {"a", {}, {}}});
  CHECK(out[0].error.starts_with("too_big"));
  CHECK(out[1].text.size() == 1000);
}

TEST_CASE("regex.replace refuses a replacement that the pattern does not fit") {
  CHECK(kit::refused(types(), "regex.replace",
                     map({{"pattern", scalar("(a)")}, {"to", scalar("\\2")}}))
            .starts_with("to: expected a replacement: "));
}

}  // namespace weir::stages::test
