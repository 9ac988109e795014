#include <catch2/catch.hpp>

#include "tests/stages/parse/shown.h"

namespace weir::stages::test {
namespace {

constexpr auto types = kit::types_of<add_parse_stages>;

std::string url(const std::string& text) { return parsed(types(), "url.parse", text); }

/// What is shown of a URL of which only these parts are there.
std::string only(const std::vector<std::pair<std::string, std::string>>& there) {
  std::string shown;
  for (const char* name :
       {"scheme", "user", "password", "host", "port", "path", "query", "fragment"}) {
    std::string value = "null";
    for (const auto& [known, its] : there) {
      if (known == name) value = its;
    }
    shown += (shown.empty() ? "" : " ") + std::string(name) + "=" + value;
  }
  return shown;
}

TEST_CASE("url.parse takes a URL apart") {
  CHECK(url("https://ann:pw@example.com:8443/a/b?q=x%20y&z#top") ==
        R"(scheme="https" user="ann" password="pw" host="example.com" port=8443 path="/a/b" )"
        R"(query={"q":"x y","z":""} fragment="top")");
  CHECK(url("/a?b=c") == only({{"path", "\"/a\""}, {"query", R"({"b":"c"})"}}));
  CHECK(url("http://h") == only({{"scheme", "\"http\""}, {"host", "\"h\""}, {"path", "\"\""}}));
  CHECK(url("//h:/x") == only({{"host", "\"h\""}, {"path", "\"/x\""}}));
  CHECK(url("mailto:a@b") == only({{"scheme", "\"mailto\""}, {"path", "\"a@b\""}}));
  CHECK(url("http://[2001:db8::1]:80/") == only({{"scheme", "\"http\""},
                                                 {"host", "\"2001:db8::1\""},
                                                 {"port", "80"},
                                                 {"path", "\"/\""}}));
  CHECK(url("http://a:b:c@h/") == only({{"scheme", "\"http\""},
                                        {"user", "\"a\""},
                                        {"password", "\"b:c\""},
                                        {"host", "\"h\""},
                                        {"path", "\"/\""}}));
  CHECK(url("?") == only({{"path", "\"\""}, {"query", "{}"}}));
  CHECK(url("#a?b") == only({{"path", "\"\""}, {"fragment", "\"a?b\""}}));
  CHECK(url("a:b") == only({{"scheme", "\"a\""}, {"path", "\"b\""}}));
  CHECK(url("1a:b") == only({{"path", "\"1a:b\""}}));
}

TEST_CASE("url.parse decodes the query alone, and keeps what is no escape") {
  CHECK(url("/%20?a+b=c%2Bd") == only({{"path", "\"/%20\""}, {"query", R"({"a b":"c+d"})"}}));
  CHECK(url("?a=%zz%4") == only({{"path", "\"\""}, {"query", R"({"a":"%zz%4"})"}}));
  CHECK(url("?a=%ff") == only({{"path", "\"\""}, {"query", "{\"a\":\"\uFFFD\"}"}}));
  CHECK(url("?a=1&&b=2&a=3&=4") ==
        only({{"path", "\"\""}, {"query", R"({"a":"3","b":"2","":"4"})"}}));
}

TEST_CASE("url.parse says what is no URL") {
  CHECK(url("") == "url: expected a URL, got nothing");
  CHECK(url("/a b") == "url: expected a URL without blanks, got '/a b'");
  CHECK(url("/a\tb") == "url: expected a URL without control characters, got '/a b'");
  CHECK(url("http://h:x/") == "url: expected a port from 0 to 65535, got 'x'");
  CHECK(url("http://h:65536/") == "url: expected a port from 0 to 65535, got '65536'");
  CHECK(url("http://h:-1/") == "url: expected a port from 0 to 65535, got '-1'");
  CHECK(url("http://[::1/") == "url: expected ']' behind '[::1'");
  CHECK(url("http://[::1]x/") == "url: expected ':' behind ']', got 'x'");
}

}  // namespace
}  // namespace weir::stages::test
