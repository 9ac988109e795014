#include <catch2/catch.hpp>

#include "tests/stages/http/calls.h"

namespace weir::stages::test {
namespace {

using http_test::asked;
using http_test::contains;
using http_test::Failed;
using http_test::failed;
using http_test::Server;
using http_test::with;
using kit::Datum;
using kit::map;
using kit::scalar;
using kit::StageKit;

}  // namespace

TEST_CASE("a request that may have reached the server is not sent again, whatever breaks") {
  const int connections = GENERATE(1, 2, 8);
  const std::string method = GENERATE("GET", "POST", "DELETE");
  const Server server;
  StageKit stage(
      http_test::types(), "http.fetch",
      with(server.url("/reset?id={record.text}"),
           {{"connections", scalar(std::to_string(connections))}, {"method", scalar(method)}}));
  std::vector<Datum> records;
  for (int i = 0; i < 1000; ++i) records.push_back({std::to_string(i), {}, {}});
  std::size_t broken = 0;
  for (const Datum& datum : stage.transform(records)) {
    if (datum.error.empty()) continue;
    CHECK(datum.error ==
          "connect: " + server.url("/reset") + ": the connection broke before an answer came");
    ++broken;
  }
  for (const auto& failure : stage.failures()) CHECK(failure.retryable);
  CHECK(asked(server.url("/asked")) ==
        R"({"asked": 1000, "most": 1, "resets": )" + std::to_string(broken) + "}");
  CHECK(broken > 100);
}

TEST_CASE("an expectation that a server does not meet is its error, and nothing is sent again") {
  const Server server;
  const auto headers = map({{"Expect", scalar("100-continue")}});
  const Failed got =
      failed(with(server.url("/refuse"), {{"headers", headers}, {"body", scalar("b")}}));
  CHECK(contains(got.error, "http: status 417 from "));
  CHECK(contains(asked(server.url("/count")), R"("/refuse": 1)"));
}

}  // namespace weir::stages::test
