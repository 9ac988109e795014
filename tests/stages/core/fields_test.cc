#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::list;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_select, core::add_remove, core::add_rename,
                                        core::add_set, core::add_filter>;

std::vector<Datum> run(const std::string& type, Node fields, const std::vector<Datum>& input) {
  kit::StageKit stage(registry(), type, map({{"fields", std::move(fields)}}));
  return stage.transform_at_every_cut(input);
}

std::vector<Datum> fields(std::vector<std::pair<std::string, std::string>> pairs) {
  return {{"text", std::move(pairs), {}}};
}

}  // namespace

TEST_CASE("select keeps the named fields in the order of its list") {
  CHECK(run("select", list({"c", "a"}), fields({{"a", "1"}, {"b", "2"}, {"c", "\"x\""}})) ==
        fields({{"c", "\"x\""}, {"a", "1"}}));
}

TEST_CASE("select leaves out what is missing and keeps what is null") {
  CHECK(run("select", list({"a", "b"}), fields({{"b", "null"}, {"c", "1"}})) ==
        fields({{"b", "null"}}));
  CHECK(run("select", list({"a"}), fields({{"c", "1"}})) == fields({}));
}

TEST_CASE("select makes a path into nested JSON a field of that name") {
  CHECK(run("select", list({"user.name", "user.none"}),
            fields({{"user", R"({"name":"ann","id":7})"}})) == fields({{"user.name", "\"ann\""}}));
}

TEST_CASE("remove takes out the named fields and passes over missing ones") {
  CHECK(run("remove", list({"b", "x"}), fields({{"a", "1"}, {"b", "2"}, {"c", "3"}})) ==
        fields({{"a", "1"}, {"c", "3"}}));
}

TEST_CASE("rename gives fields new names in their places") {
  CHECK(run("rename", map({{"a", scalar("x")}, {"none", scalar("y")}}),
            fields({{"a", "1"}, {"b", "2"}})) == fields({{"x", "1"}, {"b", "2"}}));
}

TEST_CASE("rename applies all names at once") {
  CHECK(run("rename", map({{"a", scalar("b")}, {"b", scalar("a")}}),
            fields({{"a", "1"}, {"b", "2"}})) == fields({{"b", "1"}, {"a", "2"}}));
  CHECK(run("rename", map({{"a", scalar("b")}, {"b", scalar("c")}}),
            fields({{"a", "1"}, {"b", "2"}, {"c", "3"}})) == fields({{"b", "1"}, {"c", "2"}}));
}

TEST_CASE("a field that had a new name before goes, if there is something to rename") {
  const Node names = map({{"a", scalar("b")}});
  CHECK(run("rename", names, fields({{"b", "2"}, {"a", "1"}})) == fields({{"b", "1"}}));
  CHECK(run("rename", names, fields({{"b", "2"}})) == fields({{"b", "2"}}));
  CHECK(run("rename", map({{"a", scalar("a")}}), fields({{"a", "1"}, {"b", "2"}})) ==
        fields({{"a", "1"}, {"b", "2"}}));
}

TEST_CASE("set evaluates from top to bottom and sees what it set before") {
  CHECK(run("set", map({{"a", scalar("a + 1")}, {"b", scalar("a + 10")}, {"c", scalar("nil")}}),
            fields({{"a", "1"}})) == fields({{"a", "2"}, {"b", "12"}, {"c", "null"}}));
}

TEST_CASE("set takes text, numbers and booleans") {
  CHECK(run("set", map({{"t", scalar("'x'")}, {"b", scalar("a >= 1")}, {"r", scalar("a / 4")}}),
            fields({{"a", "1"}})) ==
        fields({{"a", "1"}, {"t", "\"x\""}, {"b", "true"}, {"r", "0.25"}}));
}

TEST_CASE("an expression that fails is an error of its record") {
  const std::vector<Datum> out = run("set", map({{"b", scalar("a + 1")}}),
                                     {{"", {{"a", "1"}}, {}}, {"", {{"a", "true"}}, {}}});
  REQUIRE(out.size() == 2);
  CHECK(out[0].error.empty());
  CHECK(out[1].error.substr(0, 12) == "expression: ");
}

TEST_CASE("filter keeps the records for which its expression is true") {
  kit::StageKit stage(registry(), "filter", map({{"where", scalar("status >= 400")}}));
  const Datum good{"a", {{"status", "200"}}, {}};
  const Datum bad{"b", {{"status", "404"}}, {}};
  const Datum none{"c", {}, {}};
  CHECK(stage.transform_at_every_cut({good, bad, none, bad}) == std::vector<Datum>{bad, bad});
  CHECK(stage.named_fields() == std::vector<std::string>{"status"});
}

TEST_CASE("mistakes in lists of fields are explained") {
  const auto make = [](const char* type, Node with) {
    kit::StageKit(registry(), type, map({{"fields", std::move(with)}}));
  };
  CHECK_THROWS_WITH(make("select", list({"a", "b", "a"})), "duplicate field 'a'");
  CHECK_THROWS_WITH(make("select", list({})), "expected at least one field, got none");
  CHECK_THROWS_WITH(make("remove", list({"a", "a"})), "duplicate field 'a'");
  CHECK_THROWS_WITH(make("remove", list({})), "expected at least one field, got none");
  CHECK_THROWS_WITH(make("rename", map({{"a", scalar("x")}, {"b", scalar("x")}})),
                    "duplicate field 'x'");
  CHECK_THROWS_WITH(make("rename", map({})), "expected at least one field, got none");
  CHECK_THROWS_WITH(make("set", map({})), "expected at least one field, got none");
  CHECK_THROWS_WITH(kit::StageKit(registry(), "filter"), "missing option 'where'");
}

TEST_CASE("set needs the fields that its expressions name, but not those that it has set by then") {
  const auto named = [](Node fields) {
    return kit::StageKit(registry(), "set", map({{"fields", std::move(fields)}})).named_fields();
  };
  using Names = std::vector<std::string>;
  CHECK(named(map({{"n", scalar("tonumber(record.text)")}, {"w", scalar("n * 2")}})) == Names{});
  CHECK(named(map({{"w", scalar("n * 2")}, {"n", scalar("1")}})) == Names{"n"});
  CHECK(named(map({{"n", scalar("n + 1")}, {"w", scalar("n + m.x")}})) == Names{"n", "m"});
}

TEST_CASE("select, remove and rename of very many names give what they give for few") {
  Datum wide{"", {}, {}};
  std::vector<std::string> odd;
  std::vector<std::pair<std::string, Node>> renamed;
  std::vector<std::pair<std::string, std::string>> rest, selected, after;
  for (int i = 0; i < 20'000; ++i) {
    const std::string name = "f" + std::to_string(i);
    const std::string value = std::to_string(i);
    wide.fields.emplace_back(name, value);
    if (i % 2) {
      odd.insert(odd.begin(), name);
      renamed.emplace_back(name, scalar("g" + std::to_string(i)));
      selected.emplace(selected.begin(), name, value);
      after.emplace_back("g" + std::to_string(i), value);
    } else {
      rest.emplace_back(name, value);
      after.emplace_back(name, value);
    }
  }
  CHECK(run("remove", list(odd), {wide}).at(0).fields == rest);
  CHECK(run("select", list(odd), {wide}).at(0).fields == selected);
  CHECK(run("rename", map(renamed), {wide}).at(0).fields == after);
}

}  // namespace weir::stages::test
