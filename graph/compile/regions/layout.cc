#include "graph/compile/regions/layout.h"

#include <algorithm>

#include "graph/compile/regions/region_cut.h"

namespace weir::compile {
namespace {

bool is_serial(const StageShape& stage) {
  return stage.role == Role::serial_transform || stage.role == Role::sink;
}

/// Returns whether the stage may work in one node body with the stages of the segment.
bool joins(const Segment& segment, const StageShape& stage) {
  if (is_serial(stage)) return segment.kind == Segment::Kind::serial;
  return segment.kind == Segment::Kind::parallel && segment.workers == 0 && stage.workers.max == 0;
}

/// Returns the first stage that works on the region's batches.
StageId first_in_segments(const Region& region) {
  return region.first + (region.calls || has_source(region) ? 1 : 0);
}

/// Cuts the region's segments. `order` is the order in which records leave the region input, and on
/// return the order in which they leave the region. Returns for each segment whether it needs its
/// records in the order of the input.
std::vector<bool> cut_segments(Region& region, const Shapes& stages, Order& order) {
  const StageId begin = first_in_segments(region);
  std::vector<Segment>& segments = region.segments;
  // The first segment exists even if it is empty: that of a source loads what the source hands out.
  segments.push_back({Segment::Kind::parallel, {begin, begin}, 0, true});
  std::vector<bool> needs(1, false);
  for (const StageId i : IdRange(begin, region.last + 1)) {
    const StageShape& stage = stages[i];
    const bool serial = is_serial(stage);
    if (!joins(segments.back(), stage)) {
      segments.push_back({serial ? Segment::Kind::serial : Segment::Kind::parallel,
                          {i, i},
                          serial ? 0 : stage.workers.max,
                          !serial || order != Order::none});
      needs.push_back(serial && order == Order::input);
    }
    segments.back().stages = {segments.back().stages.front(), i + 1};
    // A serial stage keeps the order in which its records arrive. For its output to be in order,
    // the input of its segment must be.
    if (serial && stage.order == Order::input) needs.back() = true;
    order = stage.order.value_or(order);
  }
  if (segments.back().kind == Segment::Kind::parallel) {
    const StageId end = region.last + 1;
    segments.push_back({Segment::Kind::serial, {end, end}, 0, order != Order::none});
    needs.push_back(order == Order::input);
  }
  return needs;
}

/// Where a later stage asks for order, keeps it from the first region on: what holds records back
/// behind an unfinished one must not hold back the record that the later stage needs first. Dead
/// letters take any order, unless they are merged by place further down.
void keep_order_above(Regions& regions, const IdVector<RegionId, std::vector<bool>>& needs) {
  IdVector<RegionId, bool> asks(regions.size(), false);
  IdVector<RegionId, bool> by_place(regions.size(), false);
  for (RegionId r = regions.end_id(); r != RegionId();) {
    Region& region = regions[--r];
    bool asked = false;
    bool places = merges_by_place(region);
    for (const Outlet& outlet : region.outlets) {
      asked = asked || asks[outlet.to];
      places = places || by_place[outlet.to];
    }
    for (const LetterOutlet& outlet : region.letter_outlets) {
      asked = asked || by_place[outlet.to];
      places = places || by_place[outlet.to];
    }
    for (std::size_t s = region.segments.size(); s-- > 0;) {
      Segment& segment = region.segments[s];
      if (segment.kind != Segment::Kind::serial) continue;
      asked = asked || needs[r][s];
      segment.in_order = segment.in_order || asked;
    }
    if (asked) region.order = Order::input;
    asks[r] = region.order == Order::input || merges_by_place(region);
    by_place[r] = places;
  }
}

/// Returns whether the records of each input reach the region in the order of their origins.
bool gets_sorted(const Region& region, const Regions& regions) {
  return std::ranges::all_of(region.inputs, [&](RegionId input) {
    const Region& above = regions[input];
    return above.sorted && leaves_in_order(above);
  });
}

void find_sorted(Regions& regions) {
  for (Region& region : regions) {
    if (has_source(region)) continue;
    const bool sorted = gets_sorted(region, regions);
    if (region.letters && region.inputs.size() > 1 && region.source && sorted) {
      region.merge.kind = MergePolicy::Kind::input;
    }
    region.sorted = sorted && region.order == Order::input &&
                    (region.inputs.size() <= 1 || merges_by_place(region));
  }
}

void find_frontiers(Regions& regions) {
  for (RegionId r = regions.end_id(); r != RegionId();) {
    Region& region = regions[--r];
    const auto look_at = [&](const auto& outlet) {
      const Region& below = regions[outlet.to];
      region.frontier = region.frontier || below.frontier || merges_by_place(below);
      region.tells_head = region.tells_head || below.tells_head || takes_first(below);
    };
    std::ranges::for_each(region.outlets, look_at);
    std::ranges::for_each(region.letter_outlets, look_at);
  }
}

/// Numbers each fork by the number of forks above it.
void find_forks(Regions& regions) {
  IdVector<RegionId, std::size_t> above(regions.size(), 0);
  for (const RegionId r : regions.ids()) {
    Region& region = regions[r];
    for (const RegionId from : region.inputs) {
      above[r] = std::max(above[r], above[from] + (regions[from].fork ? 1 : 0));
    }
    const bool forks = region.outlets.size() + region.letter_outlets.size() > 1;
    if (forks && region.frontier) region.fork = above[r];
  }
}

/// Returns the order of the records that reach the region, before its first stage changes it: the
/// weakest order of all inputs.
Order order_above(const Region& region, const IdVector<RegionId, Order>& orders) {
  // Dead letters are asked for in order, whatever order the other records have.
  if (region.letters || merges_by_place(region)) return Order::input;
  Order order = Order::input;
  for (const RegionId input : region.inputs) order = std::max(order, orders[input]);
  return order;
}

}  // namespace

bool merges_by_place(const Region& region) {
  if (region.inputs.size() < 2) return false;
  return region.merge.kind == MergePolicy::Kind::input || takes_first(region) ||
         (region.merge.kind == MergePolicy::Kind::zip && region.merge.by_origin);
}

bool takes_first(const Region& region) {
  return region.inputs.size() > 1 && region.merge.kind == MergePolicy::Kind::first;
}

bool leaves_in_order(const Region& region) {
  return std::ranges::all_of(region.segments, [](const Segment& segment) {
    return segment.kind != Segment::Kind::serial || segment.in_order;
  });
}

bool waits_for(const Region& region, std::size_t waited, std::size_t full) {
  if (waited == full || region.inputs.size() < 2) return false;
  if (merges_by_place(region)) return true;
  if (region.merge.idle.count() > 0) return false;
  switch (region.merge.kind) {
    case MergePolicy::Kind::concat:
      return waited < full;
    case MergePolicy::Kind::sorted:
    case MergePolicy::Kind::zip:
      return true;
    default:
      return false;
  }
}

Regions lay_out(const Shapes& stages, const std::vector<Link>& links) {
  if (stages.empty()) return Regions(1);
  Regions regions = cut_regions(stages, links);
  IdVector<RegionId, std::vector<bool>> needs;
  IdVector<RegionId, Order> orders(regions.size(), Order::input);
  for (const RegionId r : regions.ids()) {
    Region& region = regions[r];
    Order order = order_above(region, orders);
    // A stage that is called sets the order here. Other stages set it in their segment.
    const bool says = region.calls || has_source(region);
    if (says) order = stages[region.first].order.value_or(order);
    region.order = order;
    needs.push_back(cut_segments(region, stages, order));
    orders[r] = order;
  }
  keep_order_above(regions, needs);
  find_sorted(regions);
  find_frontiers(regions);
  find_forks(regions);
  return regions;
}

std::uint64_t fewest_records(const Region& region) {
  return region.inputs.size() > 1 ? region.inputs.size() + 1 : 1;
}

std::uint64_t reserve_units(const Region& region, const Shapes& stages) {
  constexpr std::uint64_t kCall = 3;
  std::uint64_t units = 1;
  for (const StageId i : IdRange(first_in_segments(region), region.last + 1)) {
    units += stages[i].role == Role::sink ? 0 : 1;
  }
  if (has_source(region)) return units;
  if (region.inputs.size() > 1) units += region.inputs.size();
  return units + (region.calls ? kCall : 1);
}

}  // namespace weir::compile
