#include <catch2/catch.hpp>

#include "tests/stages/http/fixture.h"

namespace weir::stages::test {
namespace {

using http_test::with;
using kit::list;
using kit::map;
using kit::scalar;
using kit::StageKit;

std::string refused(Node options) {
  return kit::refused(http_test::types(), "http.fetch", std::move(options));
}

}  // namespace

TEST_CASE("http.fetch refuses options that make no request") {
  CHECK(refused(map({})) == "missing option 'url'");
  CHECK(refused(map({{"url", list({})}})) == "url: expected a url, got an empty list");
  CHECK(refused(with("ftp://x")) == "expected a url that begins with http:// or https://\n");
  CHECK(refused(with("{x}")) ==
        "expected a url, got '{x}', which is percent-encoded [did you mean '{x|raw}'?]\n");
  CHECK(refused(with("{x|raw}")) == "accepted");
  CHECK(refused(with("{x| or a b |raw}")) == "accepted");
  CHECK(refused(with("HTTPS://x")) == "accepted");
  CHECK(refused(with("{s}://x")) == "accepted");
  CHECK(refused(with("http://x/a b")) == "expected no blanks in a url [write %20]\n");
  CHECK(refused(with("http://x/{")) == "'{' without '}'; write '{{' for a brace\n");
  CHECK(refused(with("http://x/}")) == "'}' without '{'; write '}}' for a brace\n");
  CHECK(refused(with("http://x/{a{b}")) == "'{' inside '{...}'; write '{{' for a brace\n");
  CHECK(refused(with("http://x/{a|rw}")) == "unknown filter 'rw'\n");
  CHECK(refused(with("http://x/{a:raw}")) ==
        "expected '|' before a filter, got ':' [':raw' is now '|raw']\n");
  CHECK(refused(with("http://x/{|raw}")) == "expected a field, got nothing\n");
  CHECK(refused(with("http://x", {{"headers", map({{"a b", scalar("c")}})}})) ==
        "headers: expected a header's name, got 'a b'");
  CHECK(refused(with("http://x", {{"headers", map({{"a", scalar("b\nc")}})}})) ==
        "headers: header 'a': expected one line without control bytes");
  CHECK(refused(with("http://x", {{"headers", map({{"Content-Length", scalar("1")}})}})) ==
        "headers: header 'Content-Length' is set by weir");
  CHECK(refused(with("http://x", {{"method", scalar("HEAD")}, {"body", scalar("b")}})) ==
        "body: expected no 'body' beside 'method: HEAD'");
  CHECK(refused(with("http://x", {{"accept_status", list({"99"})}})) ==
        "accept_status: expected statuses from 100 to 599, got 99");
  CHECK(refused(with("http://x", {{"accept_status", list({"404", "500..600"})}})) ==
        "accept_status: expected statuses from 100 to 599, got 500..600");
  CHECK(refused(with("http://x", {{"accept_status", list({"399..300"})}})) ==
        "expected a number or a range such as 300..399, got '399..300' [did you mean "
        "'300..399'?]\n");
  CHECK(refused(with("http://x", {{"accept_status", list({"3xx"})}})) ==
        "expected a number or a range such as 300..399, got '3xx'\n");
  CHECK(refused(with("http://x", {{"status_into", scalar("")}})) ==
        "status_into: expected a field, got empty text");
  CHECK(refused(with("http://x", {{"connections", scalar("0")}})) ==
        "expected at least 1, got '0'\n");
}

TEST_CASE("http.fetch says what it needs and gives") {
  const auto stage = [](Node options) {
    return StageKit(http_test::types(), "http.fetch", std::move(options));
  };
  CHECK(stage(with("http://x/{a}?{b.c|raw}", {{"into", scalar("c")}})).named_fields() ==
        std::vector<std::string>{"a", "b"});
  CHECK(stage(with("http://x")).kinds().gives_text);
  CHECK_FALSE(stage(with("http://x")).kinds().changes_fields);
  CHECK_FALSE(stage(with("http://x", {{"into", scalar("b")}})).kinds().gives_text);
  CHECK(stage(with("http://x", {{"status_into", scalar("b")}})).kinds().changes_fields);
}

}  // namespace weir::stages::test
