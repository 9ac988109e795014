#include "graph/compile/graph/loops.h"

#include <catch2/catch.hpp>

#include "tests/compile/kit/numbers.h"
#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::compile;
using weir::fake::number_of;
using weir::fake::plan_of;
using weir::fake::shown;

namespace {

/// Behind a source, in front of a format and a sink.
std::string around(const std::string& stages, const std::string& last) {
  return "stages:\n  - uses: generate\n    name: in\n" + stages +
         "  - uses: json.format\n    name: text\n    from: " + last +
         "\n  - uses: file.write\n    name: out\n    with: { path: a }\n";
}

}  // namespace

TEST_CASE("a loop becomes a chain of passes whose last one has used up its rounds") {
  const Plan plan = plan_of(around(R"(  - uses: filter
    name: head
    from: [in, try.retry]
    loop: { max: 2 }
    with: { where: x }
  - uses: try
)",
                                   "try"));
  CHECK(shown(plan) == R"(in head try  out>text#0  retry>head'#0
head' try'  out>text#1  retry>head''#0
head'' try''  out>text#2
[input] text out
)");
  REQUIRE(plan.stages.size() == 9);
  std::vector<int> passes;
  std::vector<int> exhausted;
  for (const PlannedStage& stage : plan.stages) {
    passes.push_back(number_of(stage.pass_of));
    exhausted.push_back(number_of(stage.exhausted_port));
  }
  CHECK(passes == std::vector<int>{-1, -1, -1, 1, 2, 1, 2, -1, -1});
  CHECK(exhausted == std::vector<int>{-1, -1, -1, -1, -1, -1, 1, -1, -1});
  for (const StageId pass : {StageId(3), StageId(5)}) {
    CHECK(plan.stages[pass].stage == plan.stages[StageId(1)].stage);
    CHECK(plan.stages[pass].options == plan.stages[StageId(1)].options);
    CHECK(plan.stages[pass].name == "head");
  }
}

TEST_CASE("a stage may be a loop alone, with rates and workers of all its passes") {
  const Plan plan = plan_of(around(R"(  - uses: ask
    from: [in, ask.retry]
    loop: { max: 1 }
    rate: 5/s
    workers: 7
)",
                                   "[ask, ask.lost]"));
  CHECK(shown(plan) == R"(in  out>ask#0
ask  out>text#0  retry>ask'#0  lost>text#2
ask'  out>text#1  lost>text#3
[input] text out
)");
  CHECK(plan.rates.size() == 1);
  CHECK(plan.stages[StageId(2)].call.rate == plan.stages[StageId(1)].call.rate);
  CHECK(plan.stages[StageId(2)].workers.max == 7);
  CHECK(plan.stages[StageId(2)].exhausted_port == 1u);
}

TEST_CASE("the inputs of a head from outside are merged before the first pass only") {
  const Plan plan =
      plan_of("stages:\n  - uses: generate\n    name: more\n" + around(R"(  - uses: try
    from: [try.retry, in, more]
    loop: { max: 1 }
    merge: { policy: weighted, weights: [1, 3] }
)",
                                                                       "try")
                                                                    .substr(8));
  CHECK(shown(plan) == R"(more  out>try#1
in  out>try#0
[weighted] try  out>text#0  retry>try'#0
try'  out>text#1
[arrival] text out
)");
  CHECK(plan.regions[RegionId(2)].merge.weights == std::vector<std::uint32_t>{1, 3});
}

TEST_CASE("a body may fork, and records may be sent back from each branch") {
  const Plan plan = plan_of(around(R"(  - uses: route
    name: kinds
    from: [in, slow.retry, fast.retry]
    loop: { max: 1 }
    with: { ports: [a, b] }
    on_error: { to: lost }
  - uses: ask
    name: slow
    from: kinds.a
  - uses: try
    name: fast
    from: kinds.b
)",
                                   "[slow, fast]") +
                            R"(  - uses: json.format
    name: lost
  - uses: file.write
    with: { path: b }
  - uses: json.format
    name: other
    from: slow.lost
  - uses: file.write
    with: { path: c }
)");
  CHECK(shown(plan) == R"(in kinds  a>slow#0  b>fast#0  !>lost#0
slow  out>text#0  retry>kinds'#0  lost>other#0
fast  out>text#2  retry>kinds'#1
[input] kinds'  a>slow'#0  b>fast'#0  !>lost#1
slow'  out>text#1  lost>other#1
fast'  out>text#3
[input] text out
[input] other write-2
[input] lost write
)");
}

TEST_CASE("one loop may follow another one") {
  CHECK(shown(plan_of(around(R"(  - uses: try
    name: a
    from: [in, a.retry]
    loop: { max: 1 }
  - uses: try
    name: b
    from: [a, b.retry]
    loop: { max: 1 }
)",
                             "b"))) == R"(in a  out>b#0  retry>a'#0
a'  out>b#1
[input] b  out>text#0  retry>b'#0
b'  out>text#1
[input] text out
)");
}

TEST_CASE("who else reads what is sent back does not get what was sent back too often") {
  CHECK(shown(plan_of(around(R"(  - uses: try
    from: [in, try.retry]
    loop: { max: 1 }
  - uses: json.format
    name: seen
    from: try.retry
  - uses: file.write
    name: log
    with: { path: b }
)",
                             "try"))) == R"(in try  out>text#0  retry>try'#0  retry>seen#0
try'  out>text#1
seen log
[input] text out
)");
}
