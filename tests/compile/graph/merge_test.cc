#include "graph/compile/graph/merges.h"

#include <catch2/catch.hpp>

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::compile;
using namespace std::chrono_literals;
using weir::fake::plan_of;
using Kind = MergePolicy::Kind;

namespace {

/// Two sources, a branch of the first, and the stage `m`, merged as `keys` say.
std::string merging(const std::string& keys, const std::string& branch = "",
                    const std::string& uses = "json.format") {
  return "stages:\n  - uses: generate\n    name: a\n  - uses: generate\n    name: b\n"
         "  - uses: filter\n    name: branch\n    from: a\n    with: { where: x }\n" +
         branch +
         "  - uses: filter\n    name: beside\n    from: a\n    with: { where: x }\n"
         "  - uses: filter\n    name: ofb\n    from: b\n    with: { where: x }\n"
         "  - uses: " +
         uses + "\n    name: m\n    " + keys +
         "\n  - uses: json.format\n  - uses: file.write\n    with: { path: out }\n"
         "  - uses: json.format\n    from: [branch, beside, ofb]\n"
         "  - uses: file.write\n    with: { path: rest }\n";
}

MergePolicy merge_of(const std::string& text) {
  const Plan plan = plan_of(text);
  for (const PlannedStage& stage : plan.stages) {
    if (stage.name == "m") return plan.regions[stage.region].merge;
  }
  FAIL("no such stage");
  return {};
}

}  // namespace

TEST_CASE("branches of one source are merged in its order unless one gave that up") {
  CHECK(merge_of(merging("from: [branch, beside]")).kind == Kind::input);
  CHECK(merge_of(merging("from: [branch, ofb]")).kind == Kind::arrival);
  CHECK(merge_of(merging("from: [branch, beside]", "    order: none\n")).kind == Kind::arrival);
  CHECK(merge_of(merging("from: [branch, beside]\n    merge: input", "    order: none\n")).kind ==
        Kind::input);
}

TEST_CASE("a policy is a name or a map with all that it needs") {
  for (const char* name : {"input", "arrival", "priority", "round_robin", "concat", "first"}) {
    INFO(name);
    const bool one_source = std::string(name) == "input" || std::string(name) == "first";
    const std::string from = one_source ? "[branch, beside]" : "[branch, ofb]";
    const MergePolicy merge = merge_of(merging("from: " + from + "\n    merge: " + name));
    CHECK(weir::EnumNames<Kind>::names[static_cast<std::size_t>(merge.kind)] == name);
    CHECK(merge.idle == 0s);
  }
  const MergePolicy sorted = merge_of(merging(
      "from: [branch, ofb]\n    merge: { policy: sorted, by: t.at, lateness: 5s, idle: 1m }"));
  CHECK(sorted.kind == Kind::sorted);
  REQUIRE(sorted.by.size() == 1);
  CHECK(sorted.by[0].name() == "t.at");
  CHECK(sorted.lateness == 5s);
  CHECK(sorted.idle == 1min);
  const MergePolicy weighted =
      merge_of(merging("from: [branch, ofb]\n    merge: { policy: weighted, weights: [3, 1000] }"));
  CHECK(weighted.weights == std::vector<std::uint32_t>{3, 1000});
  CHECK(merge_of(merging("from: [branch, ofb]\n    merge: { idle: 2s }")).idle == 2s);
}

TEST_CASE("sorted reads the field that it sorts by") {
  const std::string text = R"(stages:
  - uses: file.read
    name: a
    with: { path: a }
  - uses: file.read
    name: b
    with: { path: b }
  - uses: file.write
    from: [a, b]
    merge: { policy: sorted, by: time, idle: 1s }
    with: { path: c }
)";
  CHECK(weir::fake::complaints(text).find("'write' (file.write) needs fields, 'a' gives text") !=
        std::string::npos);
}

TEST_CASE("partners are found by origin in branches of one source, else by their number") {
  const auto zip = [](const std::string& keys, const std::string& branch = "") {
    return merge_of(merging(keys, branch, "zip"));
  };
  const MergePolicy origin = zip("from: [branch, beside]");
  CHECK(origin.kind == Kind::zip);
  CHECK(origin.by_origin);
  CHECK(zip("from: [branch, beside]", "    order: none\n").by_origin);
  const MergePolicy number = zip("from: [branch, ofb]\n    merge: { idle: 7s }");
  CHECK(number.kind == Kind::zip);
  CHECK_FALSE(number.by_origin);
  CHECK(number.idle == 7s);
}

TEST_CASE("a join gets its records as merge says") {
  CHECK(merge_of(merging("from: [branch, ofb]", "", "join")).kind == Kind::arrival);
  CHECK(merge_of(merging("from: [branch, beside]", "", "join")).kind == Kind::input);
  CHECK(merge_of(merging("from: [branch, ofb]\n    merge: priority", "", "join")).kind ==
        Kind::priority);
}

TEST_CASE("behind what mixed the order it is lost, behind what kept it is not") {
  const auto twice = [](const std::string& first) {
    const Plan plan = plan_of(R"(stages:
  - uses: generate
    name: in
  - uses: filter
    name: a
    with: { where: x }
  - uses: filter
    name: first
    from: [in, a]
    merge: )" + first + R"(
    with: { where: x }
  - uses: json.format
    name: second
    from: [first, a]
  - uses: file.write
    with: { path: out }
)");
    return plan.regions.back().merge.kind;
  };
  CHECK(twice("input") == Kind::input);
  CHECK(twice("first") == Kind::input);
  CHECK(twice("arrival") == Kind::arrival);
  CHECK(twice("priority") == Kind::arrival);
}
