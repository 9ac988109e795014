#include <catch2/catch.hpp>

#include "tests/stages/parse/shown.h"

namespace weir::stages::test {
namespace {

using kit::map;
using kit::scalar;
using Options = std::vector<std::pair<std::string, Node>>;

constexpr auto types = kit::types_of<add_parse_stages>;

std::string access(const std::string& text, Options options = {}) {
  return parsed(types(), "access_log.parse", text, std::move(options));
}

const std::string kHead = R"(10.0.0.1 - ann [10/Oct/2000:13:55:36 -0700] )";
const std::string kShownHead = R"(ip="10.0.0.1" user="ann" time="2000-10-10T20:55:36Z" )";

TEST_CASE("access_log.parse reads lines in combined and in common") {
  CHECK(access(kHead + R"("GET /a.gif?x HTTP/1.0" 200 2326 "http://e/" "Mozilla/4.08 [en]")") ==
        kShownHead + R"(method="GET" path="/a.gif?x" protocol="HTTP/1.0" status=200 bytes=2326 )"
                     R"(referer="http://e/" agent="Mozilla/4.08 [en]")");
  CHECK(access(kHead + R"("GET / HTTP/1.1" 304 -)") ==
        kShownHead + R"(method="GET" path="/" protocol="HTTP/1.1" status=304 bytes=null )"
                     R"(referer=null agent=null)");
  CHECK(access(kHead + R"("GET / HTTP/1.1" 304 5)", {{"format", scalar("common")}}) ==
        kShownHead + R"(method="GET" path="/" protocol="HTTP/1.1" status=304 bytes=5)");
}

TEST_CASE("what is escaped in a line is decoded") {
  CHECK(access(kHead + R"("GET /\x22\xc3\xbc HTTP/1.1" 200 1 "-" "a \"b\" \\ \d")") ==
        kShownHead + R"(method="GET" path="/\"ü" protocol="HTTP/1.1" status=200 bytes=1 )"
                     R"(referer=null agent="a \"b\" \\ \\d")");
}

TEST_CASE("a request line that is none goes whole into the path") {
  const auto request = [](const std::string& text) {
    return access(R"("x" )" + ("\"" + text + "\""), {{"format", scalar(R"("$a" "$request")")}});
  };
  CHECK(request("-") == R"(a="x" method=null path=null protocol=null)");
  CHECK(request("") == R"(a="x" method=null path="" protocol=null)");
  CHECK(request(R"(\x16\x03\x01)") ==
        R"(a="x" method=null path="\u0016\u0003\u0001" protocol=null)");
  CHECK(request("GET /a") == R"(a="x" method=null path="GET /a" protocol=null)");
  CHECK(request("GET /a b HTTP/2.0") == R"(a="x" method="GET" path="/a b" protocol="HTTP/2.0")");
}

TEST_CASE("access_log.parse reads a log_format of nginx") {
  const Options options{
      {"format",
       scalar(R"($remote_addr|${request_time}s|$time_iso8601|$msec|$upstream "$status")")},
      {"types", map({{"request_time", scalar("number")}})}};
  CHECK(access(R"(::1|0.250s|2026-02-01T10:00:00+01:00|-|- "404")", options) ==
        R"(ip="::1" request_time=0.250 time=null upstream=null status=404)");
  CHECK(access("5.5", {{"format", scalar("$msec")}}) == R"(time="1970-01-01T00:00:05.5Z")");
  // Of two variables for one field the last counts, in the place of the first.
  CHECK(access(R"("GET /a HTTP/1.1" /b)", {{"format", scalar(R"("$request" $uri)")}}) ==
        R"(method="GET" path="/b" protocol="HTTP/1.1")");
  CHECK(access(R"(/b "GET /a HTTP/1.1")", {{"format", scalar(R"($uri "$request")")}}) ==
        R"(path="/a" method="GET" protocol="HTTP/1.1")");
  CHECK(access("a $ b$", {{"format", scalar("$x $ $y$")}}) == R"(x="a" y="b")");
}

TEST_CASE("access_log.parse says what is wrong") {
  CHECK(access("") == "access_log: expected ' ' behind '$remote_addr', got the end");
  CHECK(access(kHead + "\"GET").find("access_log: expected '\" ' behind '$request'") == 0);
  CHECK(access(kHead + R"("GET / HTTP/1.1" 20x 1)") ==
        "access_log: field 'status': expected an integer, got '20x'");
  CHECK(access(R"(1 - - [10/Oct/20:13] "-" 1 1)").find("access_log: field 'time': expected") == 0);
  CHECK(access(kHead + R"("-" 200 1 "-" "-" more)") == "access_log: expected the end, got ' more'");
  CHECK(access("b", {{"format", scalar("a$x")}}) ==
        "access_log: expected 'a' at the beginning, got 'b'");
  CHECK_THROWS_WITH(access("", {{"format", scalar("$a$b")}}),
                    Catch::Contains("expected text between '$a' and '$b', got none"));
  CHECK_THROWS_WITH(access("", {{"format", scalar("combind")}}),
                    Catch::Contains("expected common, combined, or a format with variables"));
}

}  // namespace
}  // namespace weir::stages::test
