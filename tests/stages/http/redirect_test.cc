#include <catch2/catch.hpp>

#include "tests/stages/http/calls.h"

namespace weir::stages::test {
namespace {

using http_test::contains;
using http_test::fetched;
using http_test::Server;
using http_test::with;
using kit::map;
using kit::scalar;

}  // namespace

TEST_CASE("another origin that a redirect leads to gets no header that may say who asks") {
  const Server server;
  const Server other;
  const Node headers = map({{"X-Api-Key", scalar("secret")},
                            {"Authorization", scalar("secret")},
                            {"Cookie", scalar("secret")},
                            {"Content-Type", scalar("text/n")},
                            {"Accept", scalar("x/y")}});
  const auto got = [&](const std::string& url, int status) {
    return fetched(with(server.url("/redirect?status=" + std::to_string(status) + "&to=" + url),
                        {{"headers", headers}, {"body", scalar("b")}}));
  };
  for (const int status : {301, 302, 303, 307, 308}) {
    const std::string here = got("/echo", status);
    CHECK(contains(here, R"("x-api-key": "secret")"));
    CHECK(contains(here, R"("cookie": "secret")"));
    const std::string there = got(other.url("/echo"), status);
    CHECK_FALSE(contains(there, "secret"));
    CHECK(contains(there, R"("accept": "x/y")"));
    // By way of another origin nothing comes back to the first.
    const std::string back = other.url("/redirect?to=" + server.url("/echo"));
    CHECK_FALSE(contains(got(back, status), "secret"));
    for (const std::string& said : {here, there}) {
      CHECK(contains(said, status < 307 ? R"("method": "GET")" : R"("method": "POST")"));
      CHECK(contains(said, "text/n") == (status >= 307));
      CHECK(contains(said, R"("body": "b")") == (status >= 307));
    }
  }
}

TEST_CASE("the user of a url goes with a redirect within its origin alone") {
  const Server server;
  const Server other;
  const auto got = [&](const std::string& to) {
    std::string url = server.url("/redirect?to=" + to);
    return fetched(with(url.insert(7, "user:pass%40word@")));
  };
  for (const std::string& to : {std::string("/echo"), server.url("/echo")}) {
    CHECK(contains(got(to), R"("authorization": "Basic dXNlcjpwYXNzQHdvcmQ=")"));
  }
  CHECK_FALSE(contains(got(other.url("/echo")), "authorization"));
}

}  // namespace weir::stages::test
