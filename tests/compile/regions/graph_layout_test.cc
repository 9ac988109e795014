#include <catch2/catch.hpp>

#include "graph/compile/regions/layout.h"
#include "tests/compile/kit/numbers.h"
#include "tests/compile/kit/stage_shapes.h"

using namespace weir;
using namespace weir::compile;
using namespace weir::fake;

namespace {

using Kind = MergePolicy::Kind;
using Numbers = std::vector<int>;

Link link(int from, int to, std::size_t input = 0, std::size_t port = 0) {
  return {StageId(from), port, StageId(to), input, false};
}
Link letter(int from, int to) { return {StageId(from), 0, StageId(to), 0, true}; }

const StageShape kZip = [] {
  StageShape stage = merging(kFast, Kind::zip);
  stage.merge.by_origin = true;
  return stage;
}();

Numbers firsts(const Regions& regions) {
  Numbers all;
  for (const Region& region : regions) all.push_back(number_of(region.first));
  return all;
}
/// The regions that have that.
Numbers those(const Regions& regions, bool Region::*what) {
  Numbers all;
  for (const RegionId r : regions.ids()) {
    if (regions[r].*what) all.push_back(number_of(r));
  }
  return all;
}
/// "0>1.0": port 0, or for dead letters stage 0, to input 0 of region 1.
std::string shown(int from, RegionId to, std::size_t input) {
  return std::to_string(from) + ">" + std::to_string(to.number()) + "." + std::to_string(input);
}
std::string outlets(const std::vector<Outlet>& outlets) {
  std::string text;
  for (const auto& [port, to, input] : outlets) {
    text += (text.empty() ? "" : " ") + shown(number_of(port), to, input);
  }
  return text;
}
std::string outlets(const std::vector<LetterOutlet>& outlets) {
  std::string text;
  for (const auto& [stage, to, input] : outlets) {
    text += (text.empty() ? "" : " ") + shown(number_of(stage), to, input);
  }
  return text;
}
bool out_of_order(const Region& region) { return !region.segments.back().in_order; }

/// A source, two branches of it, and what merges them.
Regions diamond(const StageShape& a, const StageShape& b, const StageShape& merge) {
  return lay_out({kSource, a, b, merge, kSink},
                 {link(0, 1), link(0, 2), link(1, 3), link(2, 3, 1), link(3, 4)});
}

}  // namespace

TEST_CASE("what a fork feeds is a region each, and so is what reads several") {
  const Regions regions = diamond(kFast, kFast, kFast);
  CHECK(firsts(regions) == Numbers{0, 1, 2, 3});
  CHECK(regions[RegionId(3)].last == StageId(4));
  CHECK(outlets(regions[RegionId(0)].outlets) == "0>1.0 0>2.0");
  CHECK(outlets(regions[RegionId(1)].outlets) == "0>3.0");
  CHECK(outlets(regions[RegionId(2)].outlets) == "0>3.1");
  CHECK(regions[RegionId(3)].outlets.empty());
  CHECK(numbers_of(regions[RegionId(3)].inputs) == Numbers{1, 2});
  CHECK(regions[RegionId(0)].inputs.empty());
}

TEST_CASE("the inputs of a merge have the order of their numbers") {
  const Regions regions =
      lay_out({kSource, kFast, kFast, kSink},
              {link(0, 1, 0, 1), link(0, 2, 0, 0), link(2, 3, 0), link(1, 3, 1), link(0, 3, 2, 2)});
  CHECK(numbers_of(regions[RegionId(3)].inputs) == Numbers{2, 1, 0});
  CHECK(outlets(regions[RegionId(0)].outlets) == "0>2.0 1>1.0 2>3.2");
}

TEST_CASE("one region may be several inputs of another") {
  const Regions regions =
      lay_out({kSource, kFast, kSink}, {link(0, 1), link(1, 2, 0, 0), link(1, 2, 1, 1)});
  CHECK(firsts(regions) == Numbers{0, 2});
  CHECK(numbers_of(regions[RegionId(1)].inputs) == Numbers{0, 0});
  CHECK(outlets(regions[RegionId(0)].outlets) == "0>1.0 1>1.1");
}

TEST_CASE("a stage works on in the region of the only one that it reads") {
  const auto cut = [](const Shapes& stages, const std::vector<Link>& links) {
    return firsts(lay_out(stages, links));
  };
  CHECK(cut({kSource, kFast, kSink}, {link(0, 1), link(1, 2)}) == Numbers{0});
  // Another port, another reader, a place further down, two pools, times of its own.
  CHECK(cut({kSource, kFast, kSink}, {link(0, 1), link(1, 2, 0, 1)}) == Numbers{0, 2});
  CHECK(cut({kSource, kSink, kSink}, {link(0, 1), link(0, 2)}) == Numbers{0, 1, 2});
  CHECK(cut({kSource, kSource, kSink, kSink}, {link(0, 2), link(1, 3)}) == Numbers{0, 1, 2, 3});
  CHECK(cut({kSource, timed(kSerial), kSink}, {link(0, 1), link(1, 2)}) == Numbers{0, 1});
  CHECK(cut({kSource, pooled(kFast, 0), pooled(kFast, 0), pooled(kFast, 1), kSink},
            {link(0, 1), link(1, 2), link(2, 3), link(3, 4)}) == Numbers{0, 1, 3, 4});
}

TEST_CASE("a region works on the pool of its first stage") {
  const Regions regions = lay_out({kSource, pooled(kFast, 2), kSink}, {link(0, 1), link(1, 2)});
  CHECK_FALSE(regions[RegionId(0)].pool);
  CHECK(regions[RegionId(1)].pool == 2u);
  CHECK_FALSE(regions[RegionId(2)].pool);
}

TEST_CASE("a region knows the source of its records if there is one only") {
  const Regions regions =
      lay_out({kSource, kSource, kFast, kFast, kFast, kSink},
              {link(0, 2), link(1, 3, 0), link(1, 3, 1, 1), link(2, 4), link(3, 4, 1), link(4, 5)});
  Numbers sources;
  for (const Region& region : regions) sources.push_back(number_of(region.source));
  CHECK(sources == Numbers{0, 1, 0, 1, -1});
  CHECK(regions[RegionId(2)].is_source() == false);
}

TEST_CASE("a diamond that merges by place is sorted, one by arrival is not") {
  CHECK(those(diamond(kAsync, kFast, kFast), &Region::sorted) == Numbers{0, 1, 2, 3});
  CHECK(those(diamond(kAsync, kFast, kZip), &Region::sorted) == Numbers{0, 1, 2, 3});
  CHECK(those(diamond(kAsync, kFast, merging(kFast, Kind::first)), &Region::sorted) ==
        Numbers{0, 1, 2, 3});
  for (const Kind kind : {Kind::arrival, Kind::priority, Kind::weighted, Kind::round_robin,
                          Kind::concat, Kind::sorted, Kind::zip}) {
    const auto regions = diamond(kFast, kFast, merging(kFast, kind));
    CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2});
    // Its own order is that in which it put them, and it keeps that.
    CHECK(regions[RegionId(3)].order == Order::input);
    CHECK_FALSE(out_of_order(regions[RegionId(3)]));
    CHECK(regions[RegionId(3)].merge.kind == kind);
  }
}

TEST_CASE("what stands behind a merge by arrival is not sorted either") {
  const auto regions =
      lay_out({kSource, kFast, kFast, merging(kFast, Kind::arrival), kAsync, kSink},
              {link(0, 1), link(0, 2), link(1, 3), link(2, 3, 1), link(3, 4), link(4, 5)});
  CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2});
}

TEST_CASE("batches that leave out of order are not sorted below") {
  const auto regions = lay_out({kSource, ordered(kFast, Order::none), kAsync, kSink},
                               {link(0, 1), link(1, 2), link(2, 3)});
  CHECK(those(regions, &Region::sorted) == Numbers{0});
  CHECK_FALSE(leaves_in_order(regions[RegionId(0)]));
  CHECK_FALSE(leaves_in_order(regions[RegionId(1)]));
}

TEST_CASE("a merge by place asks for order above, the others do not") {
  const StageShape none = ordered(kAsync, Order::none);
  for (const StageShape& merge : {kFast, kZip}) {
    const auto regions = diamond(none, kFast, merge);
    CHECK(regions[RegionId(1)].order == Order::input);
    CHECK_FALSE(out_of_order(regions[RegionId(1)]));
    CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2, 3});
  }
  // Also where the merge itself gives the order up.
  CHECK(diamond(none, kFast, ordered(kAsync, Order::none))[RegionId(1)].order == Order::input);
  const auto regions = diamond(none, kFast, merging(kFast, Kind::arrival));
  CHECK(regions[RegionId(1)].order == Order::none);
  CHECK(out_of_order(regions[RegionId(1)]));
  // It keeps what the input that keeps least has left.
  CHECK(regions[RegionId(3)].order == Order::none);
}

TEST_CASE("order that is asked for travels up along all inputs, and past forks") {
  const StageShape none = ordered(kFast, Order::none);
  // Source 0 forks into 1 and 2 out of order; 3 asks for order below 1, nobody below 2.
  const auto fork = lay_out({kSource, none, kFast, ordered(kFast, Order::input), kSink, kSink},
                            {link(0, 1), link(1, 2), link(1, 3), link(3, 4), link(2, 5)});
  CHECK(firsts(fork) == Numbers{0, 2, 3, 5});
  CHECK_FALSE(out_of_order(fork[RegionId(0)]));
  // Behind a merge by arrival it is asked of both inputs.
  const auto regions = diamond(ordered(kAsync, Order::none), ordered(kAsync, Order::none),
                               merging(ordered(kSerial, Order::input), Kind::arrival));
  CHECK(regions[RegionId(1)].order == Order::input);
  CHECK(regions[RegionId(2)].order == Order::input);
}

TEST_CASE("who stands above a merge by place tells how far it is") {
  CHECK(those(diamond(kFast, kFast, kFast), &Region::frontier) == Numbers{0, 1, 2});
  CHECK(those(diamond(kFast, kFast, kZip), &Region::frontier) == Numbers{0, 1, 2});
  CHECK(those(diamond(kFast, kFast, merging(kFast, Kind::concat)), &Region::frontier).empty());
  CHECK(those(diamond(kFast, kFast, merging(kFast, Kind::zip)), &Region::frontier).empty());
  const auto races = diamond(kFast, kFast, merging(kFast, Kind::first));
  CHECK(those(races, &Region::frontier) == Numbers{0, 1, 2});
  CHECK(those(races, &Region::tells_head) == Numbers{0, 1, 2});
  CHECK(those(diamond(kFast, kFast, kFast), &Region::tells_head).empty());
  // A branch that ends elsewhere need not; one above needs it, whatever lies between.
  const auto regions = lay_out(
      {kSource, kAsync, kSink, kFast, kFast, kFast, kSink},
      {link(0, 1), link(1, 2), link(1, 3), link(1, 4), link(3, 5), link(4, 5, 1), link(5, 6)});
  CHECK(firsts(regions) == Numbers{0, 1, 2, 3, 4, 5});
  CHECK(those(regions, &Region::frontier) == Numbers{0, 1, 3, 4});
}

TEST_CASE("dead letters of several regions are merged by place where all are in order") {
  const auto laid = [](const StageShape& second) {
    return lay_out({kSource, kFast, kAsync, second, kSink, letters(kFast), kSink},
                   {link(0, 1), link(1, 2), link(2, 3), link(3, 4), letter(3, 5), letter(0, 5),
                    letter(2, 5), letter(1, 5), link(5, 6)});
  };
  const auto regions = laid(kAsync);
  CHECK(firsts(regions) == Numbers{0, 2, 3, 5});
  CHECK(regions[RegionId(3)].letters);
  CHECK(numbers_of(regions[RegionId(3)].inputs) == Numbers{0, 1, 2});
  CHECK(regions[RegionId(3)].merge.kind == Kind::input);
  CHECK(regions[RegionId(3)].sorted);
  CHECK(outlets(regions[RegionId(0)].letter_outlets) == "5>3.0");
  CHECK(outlets(regions[RegionId(1)].letter_outlets) == "5>3.1");
  CHECK(outlets(regions[RegionId(2)].letter_outlets) == "5>3.2");
  CHECK(outlets(regions[RegionId(0)].outlets) == "0>1.0");
  CHECK(those(regions, &Region::frontier) == Numbers{0, 1, 2});
  // They do not ask for order.
  const auto unordered = laid(ordered(kAsync, Order::none));
  CHECK(unordered[RegionId(2)].order == Order::none);
  CHECK(unordered[RegionId(3)].merge.kind == Kind::arrival);
  CHECK(unordered[RegionId(3)].order == Order::input);
  CHECK_FALSE(unordered[RegionId(3)].sorted);
  CHECK(those(unordered, &Region::frontier).empty());
}

TEST_CASE("dead letters of several sources are merged by arrival") {
  const auto regions = lay_out({kSource, kSink, kSource, kSink, letters(kSink)},
                               {link(0, 1), link(2, 3), letter(0, 4), letter(2, 4)});
  CHECK(numbers_of(regions.back().inputs) == Numbers{0, 1});
  CHECK(regions.back().merge.kind == Kind::arrival);
  CHECK_FALSE(regions.back().source);
}

TEST_CASE("dead letters that are merged by place ask for order where they come from") {
  // 1 calls, for a sink of its own; 4 mends its dead letters, and 5 merges them with 3.
  const auto regions = lay_out(
      {kSource, ordered(kAsync, Order::none), kSink, kFast, letters(kFast), kFast, kSink},
      {link(0, 1), link(1, 2), link(0, 3), letter(1, 4), link(3, 5), link(4, 5, 1), link(5, 6)});
  CHECK(firsts(regions) == Numbers{0, 1, 3, 4, 5});
  CHECK(regions[RegionId(1)].order == Order::input);
  CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2, 3, 4});
  CHECK(those(regions, &Region::frontier) == Numbers{0, 1, 2, 3});
}

TEST_CASE("each input of a merge may keep one record out of the reserve") {
  const Shapes stages = {kSource, kFast, kAsync, kAsync, kSink};
  const std::vector<Link> links = {link(0, 1),    link(0, 2),    link(0, 3),
                                   link(1, 3, 1), link(2, 3, 2), link(3, 4)};
  std::vector<std::uint64_t> units, records;
  for (const Region& region : lay_out(stages, links)) {
    units.push_back(reserve_units(region, stages));
    records.push_back(fewest_records(region));
  }
  CHECK(units == std::vector<std::uint64_t>{1, 3, 4, 4 + 3});
  CHECK(records == std::vector<std::uint64_t>{1, 1, 1, 3 + 1});
}

TEST_CASE("only some merges wait for what has not come") {
  const auto region = [](Kind kind) {
    Region merge;
    merge.inputs = {RegionId(0), RegionId(1), RegionId(2)};
    merge.merge.kind = kind;
    return merge;
  };
  for (const Kind kind : {Kind::arrival, Kind::priority, Kind::weighted, Kind::round_robin}) {
    CHECK_FALSE(waits_for(region(kind), 0, 1));
  }
  for (const Kind kind : {Kind::input, Kind::sorted, Kind::zip}) {
    CHECK(waits_for(region(kind), 0, 1));
    CHECK(waits_for(region(kind), 1, 0));
    CHECK_FALSE(waits_for(region(kind), 1, 1));
    Region idle = region(kind);
    idle.merge.idle = std::chrono::seconds(1);
    // By place it does not matter how long an input has been silent.
    CHECK(waits_for(idle, 0, 1) == (kind == Kind::input));
  }
  CHECK(waits_for(region(Kind::concat), 0, 2));
  CHECK_FALSE(waits_for(region(Kind::concat), 2, 0));
}
