#include "graph/compile/graph/streams.h"

#include <catch2/catch.hpp>

#include "tests/compile/kit/numbers.h"
#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::compile;
using weir::fake::numbers_of;
using weir::fake::plan_of;
using weir::fake::shown;

namespace {

/// A source with that many streams, and these stages; the last one is a sink.
std::string below(const std::string& streams, const std::string& stages) {
  return "stages:\n  - uses: file.read\n    name: in\n    with: { path: log, streams: " + streams +
         " }\n" + stages + "  - uses: file.write\n    name: out\n    with: { path: a }\n";
}

const std::string kSorted = R"(  - uses: json.parse
    name: parse
  - uses: json.format
    name: text
    merge: { policy: sorted, by: time, lateness: 2s }
)";

const std::vector<std::string>& path_of(const Plan& plan, StageId stage) {
  return static_cast<const weir::fake::Read&>(*plan.stages[stage].stage).path;
}

}  // namespace

TEST_CASE("each stream has a source and stages of its own down to the stage that merges") {
  const Plan plan = plan_of(below("3", kSorted));
  CHECK(shown(plan) == R"(in parse  out>text#0
in' parse'  out>text#1
in'' parse''  out>text#2
[sorted] text out
)");
  CHECK(numbers_of(plan.sources) == std::vector<int>{0, 2, 4});
  CHECK(plan.regions[RegionId(3)].merge.by.at(0).name() == "time");
  CHECK_FALSE(plan.regions[RegionId(3)].source);
}

TEST_CASE("a stream's source has a stage of its own, its other stages are further passes") {
  const Plan plan = plan_of(below("2", kSorted));
  REQUIRE(plan.stages.size() == 6);
  CHECK(plan.stages[StageId(2)].pass_of == StageId(0));
  CHECK(plan.stages[StageId(3)].pass_of == StageId(1));
  CHECK(plan.stages[StageId(2)].stage != plan.stages[StageId(0)].stage);
  CHECK(plan.stages[StageId(3)].stage == plan.stages[StageId(1)].stage);
  CHECK(plan.stages[StageId(3)].options == plan.stages[StageId(1)].options);
  CHECK(path_of(plan, StageId(0)) == std::vector<std::string>{"log/1"});
  CHECK(path_of(plan, StageId(2)) == std::vector<std::string>{"log/2"});
  std::vector<bool> opens;
  for (const StageId i : plan.stages.ids()) opens.push_back(plan.opens(i));
  CHECK(opens == std::vector<bool>{true, true, true, false, true, true});
}

TEST_CASE("one stream, or nothing to read yet, is one source, and the merge has nothing to do") {
  for (const char* streams : {"0", "1"}) {
    const Plan plan = plan_of(below(streams, kSorted));
    CHECK(shown(plan) == "in parse text out\n");
    CHECK(path_of(plan, StageId(0)) == std::vector<std::string>{"log"});
  }
}

TEST_CASE("streams are merged as they come unless it is said how") {
  const Plan plan = plan_of(below("2", "  - uses: every\n    merge: { idle: 5s }\n"));
  CHECK(plan.regions.back().merge.kind == MergePolicy::Kind::arrival);
  CHECK(plan.regions.back().merge.idle == std::chrono::seconds(5));
}

TEST_CASE("a sink may merge streams itself") {
  const Plan plan = plan_of(R"(stages:
  - uses: file.read
    name: in
    with: { path: log, streams: 2 }
  - uses: file.write
    name: out
    merge: concat
    with: { path: a }
)");
  CHECK(shown(plan) == "in  out>out#0\nin'  out>out#1\n[concat] out\n");
}

TEST_CASE("streams are what the stages below ask for, with rates and dead letters of all") {
  const Plan plan = plan_of(R"(stages:
  - uses: file.read
    name: in
    with: { path: log, streams: 2 }
  - uses: json.parse
    name: parse
    on_error: { to: bad }
  - uses: delay
    name: ask
    rate: 5/s
  - uses: json.format
    name: text
    merge: round_robin
  - uses: file.write
    name: out
    with: { path: a }
  - uses: json.format
    name: bad
  - uses: file.write
    name: worse
    with: { path: b }
)");
  // Letters also wait for what goes on in order with their stream, which sends none.
  CHECK(shown(plan) == R"(in parse  out>ask#0  !>bad#0
ask  out>text#0  !>bad#2
in' parse'  out>ask'#0  !>bad#1
ask'  out>text#1  !>bad#3
[round_robin] text out
[arrival] bad worse
)");
  CHECK(plan.stages[StageId(2)].call.rate == 0u);
  CHECK(plan.stages[StageId(5)].call.rate == 0u);
  CHECK(plan.rates.size() == 1);
  const auto& told =
      *static_cast<const weir::fake::ReadOptions*>(plan.stages[StageId(3)].options.get());
  CHECK(told.told.unit == weir::Framing::Unit::lines);
}

TEST_CASE("merged streams may be the one input of a loop") {
  const Plan plan = plan_of(R"(stages:
  - uses: file.read
    name: in
    with: { path: log, streams: 2 }
  - uses: every
    name: all
    merge: concat
  - uses: try
    name: again
    from: [all, again.retry]
    loop: { max: 1 }
  - uses: file.write
    name: out
    from: again
    with: { path: a }
)");
  CHECK(shown(plan) == R"(in  out>all#0
in'  out>all#1
[concat] all again  out>out#0  retry>again'#0
again'  out>out#1
[arrival] out
)");
}

TEST_CASE("two sources have streams of their own") {
  const Plan plan = plan_of(R"(stages:
  - uses: file.read
    name: one
    with: { path: a, streams: 2 }
  - uses: every
    name: left
    merge: concat
  - uses: file.read
    name: two
    with: { path: b, streams: 2 }
  - uses: every
    name: right
    merge: arrival
  - uses: file.write
    name: out
    from: [left, right]
    with: { path: a }
)");
  CHECK(shown(plan) == R"(one  out>left#0
one'  out>left#1
[concat] left  out>out#0
two  out>right#0
two'  out>right#1
[arrival] right  out>out#1
[arrival] out
)");
}
