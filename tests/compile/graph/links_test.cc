#include "graph/compile/graph/links.h"

#include <catch2/catch.hpp>

#include "tests/compile/kit/numbers.h"
#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::compile;
using weir::fake::number_of;
using weir::fake::numbers_of;
using weir::fake::plan_of;
using weir::fake::shown;

TEST_CASE("stages that read the same one each get all of it") {
  CHECK(shown(plan_of(R"(stages:
  - uses: generate
    name: in
  - uses: json.format
    name: text
  - uses: file.write
    name: all
    with: { path: a }
  - uses: take
    from: text
    with: { count: 1 }
  - uses: file.write
    name: one
    with: { path: b }
)")) == R"(in text  out>all#0  out>take#0
all
take one
)");
}

TEST_CASE("every port of a route leads to its readers") {
  const Plan plan = plan_of(R"(stages:
  - uses: generate
    name: in
  - uses: route
    with: { ports: [errors, rest] }
  - uses: json.format
    name: a
    from: route.rest
  - uses: file.write
    name: out
    from: [a, b]
    with: { path: a }
  - uses: json.format
    name: b
    from: route.errors
)");
  CHECK(shown(plan) == R"(in route  errors>b#0  rest>a#0
a  out>out#0
b  out>out#1
[input] out
)");
  CHECK(plan.stages[StageId(1)].ports == std::vector<std::string>{"errors", "rest"});
  CHECK(plan.stages[StageId(2)].ports == std::vector<std::string>{"out"});
  CHECK(plan.stages[StageId(4)].name == "out");
  CHECK(plan.stages[StageId(4)].region == RegionId(3));
}

TEST_CASE("the first of several ports has no need of its name where it is out") {
  CHECK(shown(plan_of(R"(stages:
  - uses: generate
    name: in
  - uses: try
  - uses: json.format
    name: a
    from: try
  - uses: file.write
    name: w
    with: { path: a }
  - uses: json.format
    name: b
    from: try.retry
  - uses: file.write
    name: v
    with: { path: b }
)")) == R"(in try  out>a#0  retry>b#0
a w
b v
)");
}

TEST_CASE("several sources, each with its chain, may be one pipeline") {
  const Plan plan = plan_of(R"(stages:
  - uses: generate
    name: a
  - uses: json.format
    name: fa
  - uses: file.write
    name: wa
    with: { path: a }
  - uses: generate
    name: b
  - uses: json.format
    name: fb
  - uses: generate
    name: c
  - uses: file.write
    name: rest
    from: [fb, fc]
    with: { path: b }
  - uses: json.format
    name: fc
    from: c
)");
  CHECK(shown(plan) == R"(a fa wa
b fb  out>rest#0
c fc  out>rest#1
[arrival] rest
)");
  CHECK(numbers_of(plan.sources) == std::vector<int>{0, 3, 5});
  CHECK(plan.regions[RegionId(1)].source == SourceId(1));
  CHECK_FALSE(plan.regions[RegionId(3)].source);
}

TEST_CASE("a stage stands directly behind the only one that it reads") {
  const Plan plan = plan_of(R"(stages:
  - uses: generate
    name: in
  - uses: filter
    name: last
    from: second
    with: { where: a }
  - uses: json.format
  - uses: file.write
    with: { path: a }
  - uses: filter
    name: first
    from: in
    with: { where: a }
  - uses: filter
    name: second
    with: { where: a }
)");
  CHECK(shown(plan) == "in first second last format write\n");
}

TEST_CASE("dead letters of several chains may meet, and have forks of their own") {
  const Plan plan = plan_of(R"(stages:
  - uses: generate
    name: in
    on_error: { to: repair }
  - uses: json.format
    name: fa
    on_error: { to: repair }
  - uses: file.write
    name: wa
    with: { path: a }
  - uses: delay
    from: in
    deadline: 1s
    on_error: { to: repair }
    on_deadline: { to: repair }
  - uses: json.format
    name: fb
  - uses: file.write
    name: wb
    with: { path: b }
  - uses: route
    name: repair
    with: { ports: [good, bad] }
  - uses: file.write
    name: good
    from: repair.good
    with: { path: c }
  - uses: file.write
    name: bad
    from: repair.bad
    with: { path: d }
)");
  CHECK(shown(plan) == R"(in  out>fa#0  out>delay#0  !>repair#0
fa wa  !>repair#1
delay fb wb  !>repair#2
[input] repair  good>good#0  bad>bad#0
good
bad
)");
  CHECK(plan.stages[StageId(0)].on_error.to == StageId(6));
  CHECK(plan.stages[StageId(3)].call.on_deadline.to == StageId(6));
  CHECK(plan.regions[RegionId(3)].letters);
  CHECK_FALSE(plan.regions[RegionId(4)].letters);
}

TEST_CASE("behind a stage with a reader a name for dead letters begins their chain") {
  CHECK(shown(plan_of(R"(stages:
  - uses: generate
    name: in
    on_error: { to: repair }
  - uses: file.write
    name: w
    from: text
    with: { path: a }
  - uses: json.format
    name: text
    from: in
  - uses: file.write
    name: repair
    with: { path: c }
)")) == R"(in text w  !>repair#0
repair
)");
}

TEST_CASE("a source is told what those that read it want, whatever stands below it") {
  const auto told = [](const std::string& keys) {
    const Plan plan =
        plan_of("stages:\n  - uses: file.read\n    name: in\n    with: { path: in" + keys +
                " }\n  - uses: file.write\n    with: { path: a }\n"
                "  - uses: csv.parse\n    from: in\n  - uses: json.format\n"
                "  - uses: file.write\n    with: { path: b }\n"
                "  - uses: csv.parse\n    from: in\n  - uses: json.format\n"
                "  - uses: file.write\n    with: { path: c }\n");
    return static_cast<const weir::fake::ReadOptions*>(plan.stages[StageId(0)].options.get())->told;
  };
  CHECK(told("").unit == weir::Framing::Unit::csv);
  CHECK(told("").header);
  CHECK(told(", framing: lines").unit == weir::Framing::Unit::csv);
}

TEST_CASE("what holds for all inputs is known behind a merge") {
  const auto said = [](const std::string& stages) {
    return weir::fake::complaints(
        "stages:\n  - uses: file.read\n    name: text\n    with: { path: in }\n"
        "  - uses: generate\n    name: fields\n" +
        stages + "  - uses: file.write\n    with: { path: a }\n");
  };
  CHECK(said("  - uses: filter\n    from: [text, fields]\n    with: { where: a }\n") == "");
  CHECK(said("  - uses: forget\n    from: fields\n  - uses: filter\n    from: [text, forget]\n"
             "    with: { where: a }\n")
            .find("'filter' (filter) needs fields, 'text' gives none") != std::string::npos);
  CHECK(said("  - uses: zip\n    from: [text, fields]\n  - uses: set\n    with:\n"
             "      fields: { a: b }\n  - uses: json.format\n") == "");
}

TEST_CASE("stages work on the pool that they name") {
  const Plan plan = plan_of(R"(shared:
  pools: { slow: { threads: 2 }, other: { threads: 1 } }
stages:
  - uses: generate
    name: in
  - uses: filter
    name: a
    pool: other
    with: { where: x }
  - uses: filter
    name: b
    pool: other
    with: { where: x }
  - uses: json.format
  - uses: file.write
    pool: slow
    with: { path: a }
)");
  CHECK(shown(plan) == "in  out>a#0\na b  out>format#0\nformat  out>write#0\nwrite\n");
  REQUIRE(plan.pools.size() == 2);
  CHECK(plan.pools[0].name == "slow");
  CHECK(plan.pools[0].threads == 2);
  std::vector<int> pools;
  for (const Region& region : plan.regions) pools.push_back(number_of(region.pool));
  CHECK(pools == std::vector<int>{-1, 1, -1, 0});
}

TEST_CASE("a pool that no stage uses is worth a warning") {
  const std::string text =
      "shared: { pools: { a: { threads: 1 } } }\nstages:\n  - uses: file.read\n"
      "    with: { path: a }\n  - uses: file.write\n    with: { path: b }\n";
  const Loaded loaded = weir::fake::usual().load(text);
  CHECK(loaded.plan);
  CHECK(weir::fake::render_all(loaded, text) ==
        "p.yaml:1:20: warning: no stage uses the pool 'a'\n"
        "  shared: { pools: { a: { threads: 1 } } }\n"
        "                     ^\n");
}

TEST_CASE("a stage that acts at times has a region, and one with state gets some") {
  const auto plan = [](const std::string& stage) {
    return plan_of("stages:\n  - uses: generate\n    name: in\n" + stage +
                   "  - uses: json.format\n  - uses: file.write\n    with: { path: a }\n");
  };
  const Plan idle = plan("  - uses: window\n");
  CHECK(idle.regions.size() == 1);
  CHECK(idle.limits.state == 0);
  CHECK(shown(plan("  - uses: window\n    with: { every: 1s }\n")) ==
        "in  out>window#0\nwindow format write\n");
  CHECK(plan("  - uses: generate\n    name: more\n  - uses: join\n    from: [in, more]\n")
            .limits.state > 0);
}
