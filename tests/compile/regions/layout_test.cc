#include "graph/compile/regions/layout.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/compile/kit/numbers.h"
#include "tests/compile/kit/stage_shapes.h"

using namespace weir;
using namespace weir::compile;
using namespace weir::fake;

namespace {

/// The number of the last stage; one less than that of the first where there is none.
int last_of(const IdRange<StageId>& stages) {
  return stages.empty() ? number_of(stages.front()) - 1 : number_of(stages.back());
}

/// "p1-2 s3" with the workers behind ':' and '!' where the input comes in any order.
std::string shown(const std::vector<Segment>& segments) {
  std::ostringstream out;
  for (const Segment& s : segments) {
    out << (out.tellp() > 0 ? " " : "") << (s.kind == Segment::Kind::parallel ? "p" : "s")
        << number_of(s.stages.front()) << "-" << last_of(s.stages);
    if (s.workers) out << ":" << s.workers;
    if (!s.in_order) out << "!";
  }
  return out.str();
}

/// The segments of a chain that is one region.
std::string shown(const Shapes& stages) {
  const Regions regions = lay_out(stages, chain(stages));
  REQUIRE(regions.size() == 1);
  CHECK(regions.front().first == StageId(0));
  CHECK(regions.front().last + 1 == stages.end_id());
  CHECK(regions.front().outlets.empty());
  return shown(regions.front().segments);
}

/// "0: p1-0 s1-0 >1 | 1 call key: p2-1 s2-2": each region's first stage, what it is, its order
/// where that is not the input's, its segments and what takes its records.
std::string regions_of(const Shapes& stages) {
  std::ostringstream out;
  for (const Region& region : lay_out(stages, chain(stages))) {
    out << (out.tellp() > 0 ? " | " : "") << number_of(region.first);
    if (region.calls) out << " call";
    if (region.letters) out << " letters";
    if (region.order == Order::key) out << " key";
    if (region.order == Order::none) out << " none";
    out << ": " << shown(region.segments);
    for (const Outlet& outlet : region.outlets) out << " >" << number_of(outlet.to);
  }
  return out.str();
}

}  // namespace

TEST_CASE("a source and a sink have an empty parallel segment between them") {
  CHECK(shown({kSource, kSink}) == "p1-0 s1-1");
}

TEST_CASE("neighbouring transforms share a segment, and so do serial stages") {
  CHECK(shown({kSource, kFast, kFast, kSink}) == "p1-2 s3-3");
  CHECK(shown({kSource, kFast, kSerial, kSerial, kSink}) == "p1-1 s2-4");
  CHECK(shown({kSource, kSerial, kFast, kSink}) == "p1-0 s1-1 p2-2 s3-3");
  CHECK(shown({kSource, kFast, kSerial, kFast, shape(weir::Role::batch_transform), kSink}) ==
        "p1-1 s2-2 p3-4 s5-5");
}

TEST_CASE("a stage with workers of its own has a segment of its own") {
  CHECK(shown({kSource, workers(3), kSink}) == "p1-0 p1-1:3 s2-2");
  CHECK(shown({kSource, kFast, workers(2), workers(2), kFast, kSink}) ==
        "p1-1 p2-2:2 p3-3:2 p4-4 s5-5");
}

TEST_CASE("what is not in order stays so until a stage asks for order") {
  const StageShape none = ordered(kFast, Order::none);
  const StageShape input = ordered(kFast, Order::input);
  CHECK(shown({kSource, none, kSink}) == "p1-1 s2-2!");
  CHECK(shown({ordered(kSource, Order::none), kFast, kSink}) == "p1-1 s2-2!");
  CHECK(shown({kSource, none, input, kSink}) == "p1-2 s3-3");
  CHECK(shown({kSource, none, kSerial, kFast, kSink}) == "p1-1 s2-2! p3-3 s4-4!");
  // A serial stage above must not hold what the later one needs first.
  CHECK(shown({kSource, none, kSerial, input, kSink}) == "p1-1 s2-2 p3-3 s4-4");
}

TEST_CASE("a serial stage that asks for order gets its input in order") {
  const StageShape none = ordered(kFast, Order::none);
  const StageShape serial = ordered(kSerial, Order::input);
  CHECK(shown({kSource, none, serial, kSink}) == "p1-1 s2-3");
  CHECK(shown({kSource, none, kSerial, serial, kSink}) == "p1-1 s2-4");
  CHECK(shown({kSource, none, serial, kFast, kSink}) == "p1-1 s2-2 p3-3 s4-4");
}

TEST_CASE("a stage is called record by record if it waits, has keys, or a key says how") {
  CHECK(is_call(kAsync));
  CHECK(is_call(kKeyed));
  CHECK(is_call(ordered(kFast, Order::key)));
  CHECK_FALSE(is_call(kFast));
  CHECK_FALSE(is_call(ordered(kFast, Order::none)));
  CHECK_FALSE(is_call(workers(3)));
  CHECK_FALSE(is_call(queued(kFast)));
  for (bool StageShape::*trait : {&StageShape::blocking, &StageShape::policy, &StageShape::chaos}) {
    for (weir::Role role : {weir::Role::transform, weir::Role::batch_transform,
                            weir::Role::serial_transform, weir::Role::source, weir::Role::sink}) {
      StageShape stage = shape(role);
      stage.*trait = true;
      CHECK(is_call(stage) ==
            (role == weir::Role::transform || role == weir::Role::batch_transform));
    }
  }
  StageShape adaptive = workers(3);
  adaptive.workers.policy = Workers::Policy::gradient;
  CHECK(is_call(adaptive));
}

TEST_CASE("each call opens a region, and the records are handed over behind the stages above") {
  CHECK(regions_of({kSource, kAsync, kSink}) == "0: p1-0 s1-0 >1 | 1 call: p2-1 s2-2");
  CHECK(regions_of({kSource, kFast, kAsync, kFast, kSink}) ==
        "0: p1-1 s2-1 >1 | 2 call: p3-3 s4-4");
  CHECK(regions_of({kSource, kSerial, kAsync, kAsync, kSink}) ==
        "0: p1-0 s1-1 >1 | 2 call: p3-2 s3-2 >2 | 3 call: p4-3 s4-4");
  CHECK(regions_of({kSource, kAsync, kFast, kSerial, kKeyed, kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call: p2-2 s3-3 >2 | 4 call: p5-4 s5-5");
}

TEST_CASE("a queue opens a region where nothing is called") {
  CHECK(regions_of({kSource, queued(kFast), kFast, kSink}) == "0: p1-0 s1-0 >1 | 1: p1-2 s3-3");
  CHECK(regions_of({kSource, kFast, queued(kSink)}) == "0: p1-1 s2-1 >1 | 2: p2-1 s2-2");
  CHECK(regions_of({kSource, queued(kSerial), kSink}) == "0: p1-0 s1-0 >1 | 1: p1-0 s1-2");
  CHECK(regions_of({kSource, queued(kAsync), kSink}) == "0: p1-0 s1-0 >1 | 1 call: p2-1 s2-2");
}

TEST_CASE("each chain of dead letters is a region that no region hands on to") {
  CHECK(regions_of({kSource, kFast, kSink, letters(kFast), kSink, letters(kSink)}) ==
        "0: p1-1 s2-2 | 3 letters: p3-3 s4-4 | 5 letters: p5-4 s5-5");
  CHECK(regions_of({kSource, kSink, letters(kAsync), kAsync, kSink}) ==
        "0: p1-0 s1-1 | 2 call letters: p3-2 s3-2 >2 | 3 call: p4-3 s4-4");
}

TEST_CASE("regions inherit the order of the one above") {
  const StageShape none = ordered(kAsync, Order::none);
  const StageShape key = ordered(kAsync, Order::key);
  CHECK(regions_of({kSource, none, kSink}) == "0: p1-0 s1-0 >1 | 1 call none: p2-1 s2-2!");
  CHECK(regions_of({kSource, none, kAsync, kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call none: p2-1 s2-1! >2 | 2 call none: p3-2 s3-3!");
  CHECK(regions_of({kSource, key, kSink}) == "0: p1-0 s1-0 >1 | 1 call key: p2-1 s2-2");
  CHECK(regions_of({kSource, key, kAsync, kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call key: p2-1 s2-1 >2 | 2 call key: p3-2 s3-3");
  // A batch stage that gives up the order gives it up for the call behind it.
  CHECK(regions_of({kSource, ordered(kFast, Order::none), kAsync, kSink}) ==
        "0: p1-1 s2-1! >1 | 2 call none: p3-2 s3-3!");
  CHECK(regions_of({kSource, ordered(kFast, Order::none), queued(kFast), kSink}) ==
        "0: p1-1 s2-1! >1 | 2 none: p2-2 s3-3!");
}

TEST_CASE("order that is asked for below is kept across regions") {
  const StageShape none = ordered(kAsync, Order::none);
  const StageShape key = ordered(kAsync, Order::key);
  const StageShape again = ordered(kFast, Order::input);
  CHECK(regions_of({kSource, none, again, kSink}) == "0: p1-0 s1-0 >1 | 1 call: p2-2 s3-3");
  CHECK(regions_of({kSource, key, again, kSink}) == "0: p1-0 s1-0 >1 | 1 call: p2-2 s3-3");
  CHECK(regions_of({kSource, none, kSerial, ordered(kAsync, Order::input), kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call: p2-1 s2-2 >2 | 3 call: p4-3 s4-4");
  CHECK(regions_of({kSource, none, key, again, kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call: p2-1 s2-1 >2 | 2 call: p3-3 s4-4");
  // What does not ask asks nothing of those above.
  CHECK(regions_of({kSource, none, key, kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call none: p2-1 s2-1! >2 | 2 call key: p3-2 s3-3");
  CHECK(regions_of({kSource, ordered(kFast, Order::none), kSerial, key, kSink}) ==
        "0: p1-1 s2-2! >1 | 3 call key: p4-3 s4-4");
}

TEST_CASE("dead letters come in order whatever the main chain does") {
  CHECK(regions_of({kSource, ordered(kAsync, Order::none), kSink, letters(kFast), kSink}) ==
        "0: p1-0 s1-0 >1 | 1 call none: p2-1 s2-2! | 3 letters: p3-3 s4-4");
}

TEST_CASE("the reserve counts what one record may need at once on its way through a region") {
  const auto units = [](const Shapes& stages) {
    std::vector<std::uint64_t> all;
    for (const Region& region : lay_out(stages, chain(stages)))
      all.push_back(reserve_units(region, stages));
    return all;
  };
  using Units = std::vector<std::uint64_t>;
  CHECK(units({kSource, kSink}) == Units{1});
  CHECK(units({kSource, kFast, kSerial, kSink}) == Units{3});
  CHECK(units({kSource, kFast, kAsync, kFast, kFast, kSink}) == Units{2, 6});
  CHECK(units({kSource, kAsync, kSink}) == Units{1, 4});
  CHECK(units({kSource, queued(kFast), kSink}) == Units{1, 3});
  CHECK(units({kSource, kSink, letters(kSink)}) == Units{1, 2});
}
