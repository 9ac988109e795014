#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <thread>

#include "tests/machine/eventually.h"
#include "tests/stages/http/calls.h"

namespace weir::stages::test {
namespace {

using http_test::asked;
using http_test::contains;
using http_test::Failed;
using http_test::failed;
using http_test::fetch;
using http_test::fetched;
using http_test::Server;
using http_test::with;
using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;
using kit::StageKit;
using Fields = decltype(Datum::fields);

}  // namespace

TEST_CASE("http.fetch asks for a url made from fields and takes the body as text") {
  const Server server;
  const std::string got = fetched(with(server.url("/echo/{a}/{a|raw}?t={record.text}&{{n}}={n}")),
                                  {"x y&z", {{"a", "\"ä/b\""}, {"n", "1.5"}}, {}});
  CHECK(contains(got, R"("method": "GET")"));
  CHECK(contains(got, R"("path": "/echo/%C3%A4%2Fb/)"));
  CHECK(contains(got, R"(/b?t=x%20y%26z&{n}=1.5")"));
  CHECK(contains(got, R"("user-agent": "weir")"));
}

TEST_CASE("http.fetch puts body, status and headers into fields") {
  const Server server;
  const auto out = fetch(
      with(server.url("/headers"),
           {{"into", scalar("b")}, {"status_into", scalar("s")}, {"headers_into", scalar("h")}}),
      {{"text", {{"b", "1"}}, {}}});
  CHECK(out.at(0).text == "text");
  REQUIRE(out.at(0).fields.size() == 3);
  std::map<std::string, std::string> fields(out[0].fields.begin(), out[0].fields.end());
  CHECK(fields["b"] == "\"\"");
  CHECK(fields["s"] == "200");
  CHECK(contains(fields["h"],
                 R"("x-odd":"a\"b\\c\td","x-two":"1, 2","x-latin":"café","x-empty":"")"));
}

TEST_CASE("http.fetch sends methods, headers and bodies as it is told") {
  const Server server;
  const auto method = [&](const std::string& name) {
    return fetched(with(server.url("/echo"), {{"method", scalar(name)}}));
  };
  for (const std::string name : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    CHECK(contains(method(name), "\"method\": \"" + name + "\""));
  }
  CHECK(method("HEAD").empty());
  const std::string got =
      fetched(with(server.url("/echo"), {{"body", scalar("<{record.text}>")},
                                         {"headers", map({{"Content-Type", scalar("text/{n}")},
                                                          {"X-Empty", scalar("{none}")},
                                                          {"accept", scalar("x/y")}})}}),
              {std::string(100'000, 'b') + "é", {{"n", "7"}}, {}});
  CHECK(contains(got, R"("method": "POST")"));
  CHECK(contains(got, R"("content-type": "text/7")"));
  CHECK(contains(got, R"("x-empty": "")"));
  CHECK(contains(got, R"("accept": "x/y")"));
  CHECK(contains(got, "\"body\": \"<" + std::string(100'000, 'b') + "\\u00e9>\""));
  CHECK_FALSE(contains(got, "expect"));
  CHECK_FALSE(
      contains(fetched(with(server.url("/echo"), {{"body", scalar("a")}})), "content-type"));
}

TEST_CASE("each attempt of http.fetch asks the next of its urls") {
  const Server server;
  const Node urls = list({server.url("/status/501"), server.url("/status/502")});
  const auto error = [&](int attempt) {
    return failed(map({{"url", urls}}), {"", {}, {}}, attempt).error.substr(0, 16);
  };
  CHECK(error(1) == "http: status 501");
  CHECK(error(2) == "http: status 502");
  CHECK(error(3) == "http: status 501");
}

TEST_CASE("a status that may pass is retryable, others are permanent, and Retry-After is heeded") {
  const Server server;
  for (const std::string status : {"408", "429", "500", "503", "599"}) {
    const Failed got = failed(with(server.url("/status/" + status + "?secret=1&retry_after=7")));
    CHECK(got.error == "http: status " + status + " from " + server.url("/status/" + status) +
                           ": what is wrong");
    CHECK(got.failure.retryable);
    CHECK(got.failure.retry_after == std::chrono::seconds(7));
  }
  for (const std::string status : {"400", "404", "410", "304"}) {
    const Failed got = failed(with(server.url("/status/" + status + "?retry_after=7")));
    CHECK(contains(got.error, "http: status " + status + " from "));
    CHECK_FALSE(got.failure.retryable);
    CHECK(got.failure.retry_after.count() == 0);
  }
  const auto wait = [&](const std::string& value) {
    return failed(with(server.url("/status/503?retry_after=" + value))).failure.retry_after;
  };
  CHECK(wait("date") > std::chrono::minutes(55));
  CHECK(wait("date") <= std::chrono::hours(1));
  CHECK(wait("Mon,%2001%20Jan%202001%2000:00:00%20GMT").count() == 0);
  CHECK(wait("soon").count() == 0);
  CHECK(wait("99999999999") == std::chrono::hours(24));
}

TEST_CASE("a status that http.fetch is to accept is as good as 2xx") {
  const Server server;
  const Node options = with(server.url("/status/404"), {{"accept_status", list({"404", "410"})},
                                                        {"status_into", scalar("s")}});
  const auto out = fetch(options);
  CHECK(out.at(0).text == "\n  what is wrong\nmore");
  CHECK(out.at(0).fields == Fields{{"s", "404"}});
}

TEST_CASE("ranges of statuses are accepted, and no others") {
  const Server server;
  const auto with_ranges = [&](const std::string& status) {
    return with(server.url("/status/" + status),
                {{"accept_status", list({"404", "500..503"})}, {"status_into", scalar("s")}});
  };
  for (const std::string status : {"404", "500", "503"}) {
    CHECK(fetch(with_ranges(status)).at(0).fields == Fields{{"s", status}});
  }
  CHECK(contains(failed(with_ranges("504")).error, "status 504"));
  CHECK(contains(failed(with_ranges("405")).error, "status 405"));
}

TEST_CASE("a bad answer stays with a kept record, null where there was none") {
  const Server server;
  const auto asks = [](const std::string& url) {
    return with(url, {{"into", scalar("b")}, {"status_into", scalar("s")}});
  };
  const Failed bad = failed(asks(server.url("/status/503")));
  CHECK(bad.failure.told == Fields{{"b", "\"\n  what is wrong\nmore\""}, {"s", "503"}});
  const Failed long_one = failed(asks(server.url("/long_error?size=200000")));
  REQUIRE(long_one.failure.told.size() == 2);
  CHECK(long_one.failure.told[0].second == '"' + std::string(64 * 1024, 'x') + '"');
  CHECK(long_one.failure.told[1].second == "500");
  CHECK(contains(long_one.error, "status 500"));
  const Failed none = failed(asks(server.url("/drop")));
  CHECK(none.failure.told == Fields{{"b", "null"}, {"s", "null"}});
  Node big = asks(server.url("/big?size=100000"));
  big.entries.push_back({scalar("max_size"), scalar("1KiB")});
  const Failed too_big = failed(big);
  CHECK(contains(too_big.error, "too_big"));
  CHECK(too_big.failure.told.at(1) == std::pair<std::string, std::string>("s", "200"));
}

TEST_CASE("http.fetch follows redirects up to its bound, and to http and https alone") {
  const Server server;
  const auto to = [&](const std::string& url) { return server.url("/redirect?to=" + url); };
  CHECK(contains(fetched(with(to("/echo"))), R"("path": "/echo")"));
  CHECK(failed(with(server.url("/loop"))).error ==
        "http: " + server.url("/loop") + ": Number of redirects hit maximum amount");
  CHECK(contains(failed(with(to("/echo"), {{"redirects", scalar("0")}})).error,
                 "http: status 302 from "));
  const Failed file = failed(with(to("file:///etc/passwd")));
  CHECK(contains(file.error, "http: "));
  CHECK(contains(file.error, "Unsupported protocol"));
  CHECK_FALSE(file.failure.retryable);
}

TEST_CASE("an answer that passes max_size is an error, announced, in pieces or unpacked") {
  const Server server;
  const std::string big = server.url("/big?size=100000");
  for (const std::string& url : {big, big + "&chunked", big + "&gzip"}) {
    CHECK(fetched(with(url, {{"max_size", scalar("100000")}})) == std::string(100'000, 'x'));
    const Failed got = failed(with(url, {{"max_size", scalar("99999")}}));
    CHECK(got.error == "too_big: the answer of " + server.url("/big") + " passes max_size, 99999");
    CHECK_FALSE(got.failure.retryable);
  }
  StageKit stage(http_test::types(), "http.fetch", with(big));
  stage.set_record_limit(50'000);
  CHECK(stage.transform({{"", {}, {}}}).at(0).error.starts_with("too_big"));
}

TEST_CASE("a connection that cannot be made, or breaks, is a retryable error of its own kind") {
  const Failed refused_by_all = failed(with("http://user:secret@127.0.0.1:1/a?b"));
  CHECK(refused_by_all.error == "connect: http://127.0.0.1:1/a: Couldn't connect to server");
  CHECK(refused_by_all.failure.retryable);
  const Datum bare = {"", {{"u", "\"user:secret@127.0.0.1:1/@a#b\""}}, {}};
  CHECK_FALSE(contains(failed(with("{u|raw}"), bare).error, "secret"));
  const Server server;
  for (const std::string path : {"/half", "/drop"}) {
    const Failed got = failed(with(server.url(path)));
    CHECK(got.error.starts_with("connect: " + server.url(path) + ": "));
    CHECK(got.failure.retryable);
  }
}

TEST_CASE("a thousand requests are on their way at the same time, answered in their places") {
  const Server server;
  std::vector<Datum> records;
  for (int i = 0; i < 1000; ++i) records.push_back({std::to_string(i), {}, {}});
  const auto out =
      fetch(with(server.url("/echo?{record.text}"), {{"connections", scalar("20")}}), records);
  REQUIRE(out.size() == 1000);
  for (std::size_t i = 0; i < out.size(); ++i) {
    CHECK(contains(out[i].text, "\"path\": \"/echo?" + std::to_string(i) + "\""));
  }
}

TEST_CASE("connections are used again, and no more of them made than allowed") {
  const Server server;
  StageKit stage(http_test::types(), "http.fetch",
                 with(server.url("/status/200"), {{"connections", scalar("2")}}));
  CHECK(stage.transform(std::vector<Datum>(50, Datum{"", {}, {}})).size() == 50);
  const std::string counts = asked(server.url("/count"));
  const std::size_t at = counts.find("\"connections\": ");
  REQUIRE(at != std::string::npos);
  CHECK(std::stoi(counts.substr(at + 15)) <= 2 + 1);  // one asks for the count
}

TEST_CASE("a cancelled request is dropped and answered at once, others go on") {
  const Server server;
  StageKit stage(http_test::types(), "http.fetch", with(server.url("/slow")));
  std::vector<Datum> out;
  std::thread run([&] { out = stage.transform(std::vector<Datum>(20, Datum{"", {}, {}})); });
  CHECK(eventually([&] { return contains(asked(server.url("/count")), "\"slow\": 20"); }));
  // Nobody has asked the server to answer.
  stage.cancel();
  run.join();
  REQUIRE(out.size() == 20);
  for (const Datum& datum : out) CHECK(datum.error == "cancelled: the request was cancelled");
  asked(server.url("/release"));
}

TEST_CASE("a request may be cancelled at any moment, and each is answered once") {
  const Server server;
  StageKit stage(http_test::types(), "http.fetch", with(server.url("/echo")));
  std::size_t cancelled = 0;
  for (int round = 0; round < 20; ++round) {
    std::vector<Datum> out;
    std::atomic<bool> done{false};
    std::thread run([&] {
      out = stage.transform(std::vector<Datum>(30, Datum{"", {}, {}}));
      done = true;
    });
    // From before the first request on to behind some of the answers.
    std::this_thread::sleep_for(std::chrono::microseconds(500 * round));
    while (!done) stage.cancel();
    run.join();
    REQUIRE(out.size() == 30);
    for (const Datum& datum : out) {
      CHECK((datum.error == "cancelled: the request was cancelled" || contains(datum.text, "GET")));
      cancelled += !datum.error.empty();
    }
  }
  CHECK(cancelled > 0);
}

TEST_CASE("http.fetch speaks TLS, and only with a server whose certificate is good") {
  const Server server(true);
  CHECK(contains(fetched(with(server.url("/echo"), {{"ca", scalar(server.certificate())}})),
                 R"("method": "GET")"));
  CHECK(contains(fetched(with(server.url("/echo"), {{"verify", scalar("false")}})), "GET"));
  const Failed untrusted = failed(with(server.url("/echo")));
  CHECK(contains(untrusted.error, "connect: " + server.url("/echo") + ": SSL certificate problem"));
  CHECK_FALSE(untrusted.failure.retryable);
}

TEST_CASE("no value of a record writes headers or requests of its own") {
  const Server server;
  const auto header = with(server.url("/echo"), {{"headers", map({{"X-A", scalar("{a}")}})}});
  for (const std::string value :
       {"\"b\r\nX-B: c\"", "\"b\nc\"", "\"b\rc\"", "\"b\x01\"", "\"\x7f\""}) {
    const Failed got = failed(header, {"", {{"a", value}}, {}});
    CHECK(got.error == "http: header 'X-A': a control byte in its value");
    CHECK_FALSE(got.failure.retryable);
  }
  CHECK(failed(header, {"", {{"a", std::string("\"b\0c\"", 5)}}, {}}).error ==
        "http: header 'X-A': a control byte in its value");
  for (const std::string value : {"\"/a b\"", "\"/ HTTP/1.1\r\nX: y\"", "\"/\x01\""}) {
    const Failed got = failed(with(server.url("{a|raw}")), {"", {{"a", value}}, {}});
    CHECK(got.error ==
          "http: the url has a blank or control character, from a field that is '|raw'");
    CHECK_FALSE(got.failure.retryable);
  }
  CHECK(contains(failed(with("{a|raw}"), {"", {{"a", "\"file:///etc/passwd\""}}, {}}).error,
                 "Unsupported protocol"));
}

}  // namespace weir::stages::test
