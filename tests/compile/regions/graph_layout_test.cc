#include <catch2/catch.hpp>

#include "graph/compile/regions/layout.h"
#include "tests/compile/kit/stage_shapes.h"

using namespace weir;
using namespace weir::compile;
using namespace weir::compile;
using namespace weir::fake;

namespace {

using Kind = MergePolicy::Kind;
using Numbers = std::vector<int>;

Link link(int from, int to, int input = 0, int port = 0) { return {from, port, to, input, false}; }
Link letter(int from, int to) { return {from, 0, to, 0, true}; }

const StageShape kZip = [] {
  StageShape stage = merging(kFast, Kind::zip);
  stage.merge.by_origin = true;
  return stage;
}();

Numbers firsts(const std::vector<Region>& regions) {
  Numbers all;
  for (const Region& region : regions) all.push_back(region.first);
  return all;
}
/// The regions that have that.
Numbers those(const std::vector<Region>& regions, bool Region::*what) {
  Numbers all;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    if (regions[r].*what) all.push_back(static_cast<int>(r));
  }
  return all;
}
/// By port: "0>1.0" is port 0 to input 0 of region 1.
std::string outlets(const std::vector<Outlet>& outlets) {
  std::string text;
  for (const Outlet& outlet : outlets) {
    text += (text.empty() ? "" : " ") + std::to_string(outlet.port) + ">" +
            std::to_string(outlet.to) + "." + std::to_string(outlet.input);
  }
  return text;
}
bool out_of_order(const Region& region) { return !region.segments.back().in_order; }

/// A source, two branches of it, and what merges them.
std::vector<Region> diamond(const StageShape& a, const StageShape& b, const StageShape& merge) {
  return lay_out({kSource, a, b, merge, kSink},
                 {link(0, 1), link(0, 2), link(1, 3), link(2, 3, 1), link(3, 4)});
}

}  // namespace

TEST_CASE("what a fork feeds is a region each, and so is what reads several") {
  const std::vector<Region> regions = diamond(kFast, kFast, kFast);
  CHECK(firsts(regions) == Numbers{0, 1, 2, 3});
  CHECK(regions[3].last == 4);
  CHECK(outlets(regions[0].outlets) == "0>1.0 0>2.0");
  CHECK(outlets(regions[1].outlets) == "0>3.0");
  CHECK(outlets(regions[2].outlets) == "0>3.1");
  CHECK(regions[3].outlets.empty());
  CHECK(regions[3].inputs == Numbers{1, 2});
  CHECK(regions[0].inputs.empty());
}

TEST_CASE("the inputs of a merge have the order of their numbers") {
  const std::vector<Region> regions =
      lay_out({kSource, kFast, kFast, kSink},
              {link(0, 1, 0, 1), link(0, 2, 0, 0), link(2, 3, 0), link(1, 3, 1), link(0, 3, 2, 2)});
  CHECK(regions[3].inputs == Numbers{2, 1, 0});
  CHECK(outlets(regions[0].outlets) == "0>2.0 1>1.0 2>3.2");
}

TEST_CASE("one region may be several inputs of another") {
  const std::vector<Region> regions =
      lay_out({kSource, kFast, kSink}, {link(0, 1), link(1, 2, 0, 0), link(1, 2, 1, 1)});
  CHECK(firsts(regions) == Numbers{0, 2});
  CHECK(regions[1].inputs == Numbers{0, 0});
  CHECK(outlets(regions[0].outlets) == "0>1.0 1>1.1");
}

TEST_CASE("a stage works on in the region of the only one that it reads") {
  const auto cut = [](const std::vector<StageShape>& stages, const std::vector<Link>& links) {
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
  const std::vector<Region> regions =
      lay_out({kSource, pooled(kFast, 2), kSink}, {link(0, 1), link(1, 2)});
  CHECK(regions[0].pool == -1);
  CHECK(regions[1].pool == 2);
  CHECK(regions[2].pool == -1);
}

TEST_CASE("a region knows the source of its records if there is one only") {
  const std::vector<Region> regions =
      lay_out({kSource, kSource, kFast, kFast, kFast, kSink},
              {link(0, 2), link(1, 3, 0), link(1, 3, 1, 1), link(2, 4), link(3, 4, 1), link(4, 5)});
  Numbers sources;
  for (const Region& region : regions) sources.push_back(region.source);
  CHECK(sources == Numbers{0, 1, 0, 1, -1});
  CHECK(regions[2].is_source() == false);
}

TEST_CASE("a diamond that merges by place is sorted, one by arrival is not") {
  CHECK(those(diamond(kAsync, kFast, kFast), &Region::sorted) == Numbers{0, 1, 2, 3});
  CHECK(those(diamond(kAsync, kFast, kZip), &Region::sorted) == Numbers{0, 1, 2, 3});
  for (const Kind kind : {Kind::arrival, Kind::priority, Kind::weighted, Kind::round_robin,
                          Kind::concat, Kind::sorted, Kind::zip}) {
    const auto regions = diamond(kFast, kFast, merging(kFast, kind));
    CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2});
    // Its own order is that in which it put them, and it keeps that.
    CHECK(regions[3].order == Order::input);
    CHECK_FALSE(out_of_order(regions[3]));
    CHECK(regions[3].merge.kind == kind);
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
  CHECK_FALSE(leaves_in_order(regions[0]));
  CHECK_FALSE(leaves_in_order(regions[1]));
}

TEST_CASE("a merge by place asks for order above, the others do not") {
  const StageShape none = ordered(kAsync, Order::none);
  for (const StageShape& merge : {kFast, kZip}) {
    const auto regions = diamond(none, kFast, merge);
    CHECK(regions[1].order == Order::input);
    CHECK_FALSE(out_of_order(regions[1]));
    CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2, 3});
  }
  // Also where the merge itself gives the order up.
  CHECK(diamond(none, kFast, ordered(kAsync, Order::none))[1].order == Order::input);
  const auto regions = diamond(none, kFast, merging(kFast, Kind::arrival));
  CHECK(regions[1].order == Order::none);
  CHECK(out_of_order(regions[1]));
  // It keeps what the input that keeps least has left.
  CHECK(regions[3].order == Order::none);
}

TEST_CASE("order that is asked for travels up along all inputs, and past forks") {
  const StageShape none = ordered(kFast, Order::none);
  // Source 0 forks into 1 and 2 out of order; 3 asks for order below 1, nobody below 2.
  const auto fork = lay_out({kSource, none, kFast, ordered(kFast, Order::input), kSink, kSink},
                            {link(0, 1), link(1, 2), link(1, 3), link(3, 4), link(2, 5)});
  CHECK(firsts(fork) == Numbers{0, 2, 3, 5});
  CHECK_FALSE(out_of_order(fork[0]));
  // Behind a merge by arrival it is asked of both inputs.
  const auto regions = diamond(ordered(kAsync, Order::none), ordered(kAsync, Order::none),
                               merging(ordered(kSerial, Order::input), Kind::arrival));
  CHECK(regions[1].order == Order::input);
  CHECK(regions[2].order == Order::input);
}

TEST_CASE("who stands above a merge by place tells how far it is") {
  CHECK(those(diamond(kFast, kFast, kFast), &Region::frontier) == Numbers{0, 1, 2});
  CHECK(those(diamond(kFast, kFast, kZip), &Region::frontier) == Numbers{0, 1, 2});
  CHECK(those(diamond(kFast, kFast, merging(kFast, Kind::concat)), &Region::frontier).empty());
  CHECK(those(diamond(kFast, kFast, merging(kFast, Kind::zip)), &Region::frontier).empty());
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
  CHECK(regions[3].letters);
  CHECK(regions[3].inputs == Numbers{0, 1, 2});
  CHECK(regions[3].merge.kind == Kind::input);
  CHECK(regions[3].sorted);
  CHECK(outlets(regions[0].letter_outlets) == "5>3.0");
  CHECK(outlets(regions[1].letter_outlets) == "5>3.1");
  CHECK(outlets(regions[2].letter_outlets) == "5>3.2");
  CHECK(outlets(regions[0].outlets) == "0>1.0");
  CHECK(those(regions, &Region::frontier) == Numbers{0, 1, 2});
  // They do not ask for order.
  const auto unordered = laid(ordered(kAsync, Order::none));
  CHECK(unordered[2].order == Order::none);
  CHECK(unordered[3].merge.kind == Kind::arrival);
  CHECK(unordered[3].order == Order::input);
  CHECK_FALSE(unordered[3].sorted);
  CHECK(those(unordered, &Region::frontier).empty());
}

TEST_CASE("dead letters of several sources are merged by arrival") {
  const auto regions = lay_out({kSource, kSink, kSource, kSink, letters(kSink)},
                               {link(0, 1), link(2, 3), letter(0, 4), letter(2, 4)});
  CHECK(regions.back().inputs == Numbers{0, 1});
  CHECK(regions.back().merge.kind == Kind::arrival);
  CHECK(regions.back().source == -1);
}

TEST_CASE("dead letters that are merged by place ask for order where they come from") {
  // 1 calls, for a sink of its own; 4 mends its dead letters, and 5 merges them with 3.
  const auto regions = lay_out(
      {kSource, ordered(kAsync, Order::none), kSink, kFast, letters(kFast), kFast, kSink},
      {link(0, 1), link(1, 2), link(0, 3), letter(1, 4), link(3, 5), link(4, 5, 1), link(5, 6)});
  CHECK(firsts(regions) == Numbers{0, 1, 3, 4, 5});
  CHECK(regions[1].order == Order::input);
  CHECK(those(regions, &Region::sorted) == Numbers{0, 1, 2, 3, 4});
  CHECK(those(regions, &Region::frontier) == Numbers{0, 1, 2, 3});
}

TEST_CASE("each input of a merge may keep one record out of the reserve") {
  const std::vector<StageShape> stages = {kSource, kFast, kAsync, kAsync, kSink};
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
    merge.inputs = {0, 1, 2};
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
