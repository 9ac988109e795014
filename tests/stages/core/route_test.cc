#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_route>;

/// An empty expression: no `where`.
Node ports(const std::vector<std::pair<std::string, std::string>>& entries) {
  Node node;
  node.shape = Node::Shape::list;
  for (const auto& [port, where] : entries) {
    Node entry = map({{"port", scalar(port)}});
    if (!where.empty()) entry.entries.push_back({scalar("where"), scalar(where)});
    node.items.push_back(std::move(entry));
  }
  return map({{"ports", std::move(node)}});
}

kit::StageKit route(const std::vector<std::pair<std::string, std::string>>& entries) {
  return kit::StageKit(registry(), "route", ports(entries));
}

Datum status(const std::string& value, std::uint8_t port = 0) {
  return {"", {{"status", value}}, {}, port};
}

}  // namespace

TEST_CASE("route sends a record to the first port that is true for it") {
  kit::StageKit stage =
      route({{"broken", "status >= 500"}, {"errors", "status >= 400"}, {"rest", ""}});
  CHECK(stage.ports() == std::vector<std::string>{"broken", "errors", "rest"});
  CHECK(
      stage.transform_at_every_cut({status("404"), status("200"), status("503"), status("500")}) ==
      std::vector<Datum>{status("404", 1), status("200", 2), status("503"), status("500")});
}

TEST_CASE("route drops what no port takes") {
  kit::StageKit stage = route({{"ok", "status == 200"}, {"errors", "status >= 400"}});
  CHECK(stage.transform_at_every_cut({status("302"), status("404"), {"", {}, {}}, status("200")}) ==
        std::vector<Datum>{status("404", 1), status("200")});
}

TEST_CASE("what an expression of a route throws is an error of its record") {
  kit::StageKit stage = route({{"errors", "status >= 400"}, {"rest", ""}});
  const std::vector<Datum> out = stage.transform_at_every_cut({status("\"x\""), status("500")});
  REQUIRE(out.size() == 2);
  CHECK_THAT(out[0].error, Catch::StartsWith("expression: "));
  CHECK(out[1] == status("500"));
}

TEST_CASE("route names the fields of its expressions") {
  kit::StageKit stage = route({{"a", "x == 1"}, {"b", "y == 1"}});
  CHECK(stage.named_fields() == std::vector<std::string>{"x", "y"});
}

TEST_CASE("ports of a route that are none are diagnostics") {
  CHECK_THROWS_WITH(route({}), "expected at least one port, got none");
  CHECK_THROWS_WITH(route({{"a", "x == 1"}, {"a", ""}}), "duplicate port 'a'");
  CHECK_THROWS_WITH(route({{"a", ""}, {"b", "x == 1"}}),
                    "port 'a' has no 'where' and takes the rest: expected it last");
  for (const char* name : {"A", "1", "a.b", "", "a b"}) {
    CHECK_THROWS_WITH(route({{name, ""}}),
                      Catch::StartsWith("expected a name of small letters, digits, '_' and '-'"));
  }
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 200; ++i) many.emplace_back("p" + std::to_string(i), "x == 1");
  CHECK(route(many).ports().size() == 200);
  many.emplace_back("more", "");
  CHECK_THROWS_WITH(route(many), "expected at most 200 ports, got 201");
}

TEST_CASE("entries of a route's ports that are none are diagnostics") {
  const auto with = [](Node entry) {
    Node list;
    list.shape = Node::Shape::list;
    list.items.push_back(std::move(entry));
    return kit::StageKit(registry(), "route", map({{"ports", std::move(list)}}));
  };
  CHECK_THROWS_WITH(with(scalar("a")), "expected a map such as { port: errors }, got 'a'\n");
  CHECK_THROWS_WITH(with(map({{"where", scalar("x == 1")}})), "missing key 'port'\n");
  CHECK_THROWS_WITH(with(map({{"port", scalar("a")}, {"when", scalar("x")}})),
                    "unknown key 'when'\n");
  CHECK_THROWS(with(map({{"port", scalar("a")}, {"where", scalar("x ==")}})));
}

}  // namespace weir::stages::test
