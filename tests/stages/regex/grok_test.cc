#include <re2/re2.h>
#include <catch2/catch.hpp>

#include "stages/regex/grok_pattern.h"
#include "tests/stages/parse/shown.h"

namespace weir::stages::test {
namespace {

using kit::list;
using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto types = kit::types_of<add_regex_stages>;

std::string grok(const std::string& text, Options options) {
  return parsed(types(), "grok.match", text, std::move(options));
}
std::string grok(const std::string& text, const std::string& pattern) {
  return grok(text, Options{{"pattern", scalar(pattern)}});
}

TEST_CASE("grok.match makes fields of what a pattern names") {
  CHECK(grok("55.3.244.1 GET /index.html 15824 0.043",
             "%{IP:client} %{WORD:method} %{URIPATHPARAM:request} %{NUMBER:bytes:int} "
             "%{NUMBER:duration:float}") ==
        R"(client="55.3.244.1" method="GET" request="/index.html" bytes=15824 duration=0.043)");
  CHECK(grok("x=5", R"((?P<name>\w)=%{INT:value:int})") == R"(name="x" value=5)");
  CHECK(grok("user.name: a", "%{WORD:a.b}") == R"(a.b="user")");
  CHECK(grok("nothing", "%{INT:n}") == "(dropped)");
  CHECK(grok(R"(\%{INT} 7)", R"(\\%{GREEDYDATA:all})") == R"(all="%{INT} 7")");
}

TEST_CASE("grok.match tries its patterns in turn, with names of one's own") {
  const Options options{{"pattern", list({"^%{SHORT:id:int}$", "^%{DATA:text}$"})},
                        {"patterns", map({{"SHORT", scalar("[0-9]{1,3}")}})}};
  CHECK(grok("42", options) == "id=42");
  CHECK(grok("4242", options) == R"(text="4242")");
  CHECK(grok("5", Options{{"pattern", scalar("%{INT:a:int}|%{WORD:a}")}}) == "a=5");
  CHECK(grok("x", Options{{"pattern", scalar("^(?:%{INT:a:int}|%{WORD:a})$")}}) == R"(a="x")");
}

TEST_CASE("what does not match is dropped, kept or an error") {
  const auto with = [](const char* action) {
    return Options{{"pattern", scalar("%{INT:n:int}")}, {"on_mismatch", scalar(action)}};
  };
  CHECK(grok("x", with("keep")).empty());
  CHECK(grok("x", with("error")) == "grok: no pattern matches 'x'");
  CHECK(grok("99999999999999999999", with("error")) ==
        "grok: field 'n': expected an integer, got '99999999999999999999'");
}

TEST_CASE("grok.match says what is wrong with a pattern") {
  const auto problem = [](const std::string& pattern, Options more = {}) {
    more.emplace_back("pattern", scalar(pattern));
    try {
      grok("", more);
    } catch (const std::exception& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK_THAT(problem("%{IPP:a}"), Catch::Contains("unknown pattern 'IPP'"));
  CHECK_THAT(problem("%{IP:a"), Catch::Contains("expected '}' behind '%{'"));
  CHECK_THAT(problem("%{IP:a:text}"), Catch::Contains("unknown type 'text'"));
  CHECK_THAT(problem("%{IP:}"), Catch::Contains("expected a field behind ':', got nothing"));
  CHECK_THAT(problem("(?<a>x)"), Catch::Contains("expected '(?P<' for a named group, got '(?<'"));
  CHECK_THAT(problem("%{WORD:a}("), Catch::Contains("expected a regular expression"));
  CHECK_THAT(problem("%{A}", {{"patterns", map({{"A", scalar("%{B}")}, {"B", scalar("%{A}")}})}}),
             Catch::Contains("cycle: A -> B -> A"));
  std::vector<std::pair<std::string, Node>> growing;
  for (int i = 0; i < 50; ++i) {
    const std::string next = "%{P" + std::to_string(i + 1) + "}";
    growing.emplace_back("P" + std::to_string(i), scalar(next + next));
  }
  growing.emplace_back("P50", scalar("x"));
  CHECK_THAT(problem("%{P0}", {{"patterns", map(growing)}}), Catch::Contains("at most 64KiB"));
  std::vector<std::pair<std::string, Node>> deep;
  for (int i = 0; i < 20'000; ++i) {
    deep.emplace_back("P" + std::to_string(i), scalar("%{P" + std::to_string(i + 1) + "}"));
  }
  CHECK_THAT(problem("%{P0}", {{"patterns", map(deep)}}), Catch::Contains("at most 100 deep"));
}

TEST_CASE("each pattern of the library compiles, and its texts match as a whole") {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"IPV4", {"0.0.0.0", "255.255.255.255", "127.0.0.1"}},
      {"IPV6", {"::1", "::", "2001:db8::", "fe80::1%eth0", "1:2:3:4:5:6:7:8", "::ffff:10.0.0.1"}},
      {"MAC", {"00:11:22:33:44:55", "00-11-22-33-44-55", "0011.2233.4455"}},
      {"HOSTNAME", {"example.com", "a-b.c", "localhost"}},
      {"EMAILADDRESS", {"a.b+c@example.com"}},
      {"NUMBER", {"1", "-1.5", "+.5", "0"}},
      {"UUID", {"123e4567-e89b-12d3-a456-426614174000"}},
      {"QS", {R"("a \" b")", "'x'"}},
      {"URI", {"http://ann:pw@h.example:80/a/b?c=d&e[]=f", "ftp://h"}},
      {"UNIXPATH", {"/var/log/x.log", "/"}},
      {"WINPATH", {R"(C:\a\b c)"}},
      {"MONTH", {"Jan", "September", "may"}},
      {"HTTPDATE", {"10/Oct/2000:13:55:36 -0700"}},
      {"SYSLOGTIMESTAMP", {"Oct 11 22:14:15", "Oct  1 02:04:05"}},
      {"TIMESTAMP_ISO8601", {"2026-01-31T23:59:59.5Z", "2026-01-31 23:59", "20-1-1T1:00+02:00"}},
      {"LOGLEVEL", {"INFO", "warning", "Error", "FATAL"}},
      {"JAVACLASS", {"com.example.A$B", "Main"}}};
  RE2::Options quiet;
  quiet.set_log_errors(false);
  for (const std::string& name : regex::grok_names()) {
    CAPTURE(name);
    const RE2 compiled(regex::expand_grok("%{" + name + "}", {}).regex, quiet);
    CHECK(compiled.ok());
  }
  for (const auto& [name, texts] : cases) {
    const RE2 compiled(regex::expand_grok("%{" + std::string(name) + "}", {}).regex, quiet);
    for (const std::string& text : texts) {
      CAPTURE(name, text);
      CHECK(RE2::FullMatch(text, compiled));
    }
  }
}

TEST_CASE("the apache patterns read the lines that they are named after") {
  CHECK(grok(R"(10.0.0.1 - ann [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.0" 200 2326 "-" "x y")",
             "%{COMBINEDAPACHELOG}") ==
        R"(clientip="10.0.0.1" ident="-" auth="ann" timestamp="10/Oct/2000:13:55:36 -0700" )"
        R"(verb="GET" request="/a" httpversion="1.0" rawrequest=null response="200" bytes="2326" )"
        R"(referrer="\"-\"" agent="\"x y\"")");
}

}  // namespace
}  // namespace weir::stages::test
