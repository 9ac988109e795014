#include "graph/spec/layout.h"

namespace weir {
namespace {

using Shapes = std::vector<StageShape>;

const StageShape& at(const Shapes& stages, int i) { return stages[static_cast<std::size_t>(i)]; }

bool is_serial(const StageShape& stage) {
  return stage.role == Role::serial_transform || stage.role == Role::sink;
}

/// Whether the stage may work in the same body as its neighbours.
bool joins(const Segment& segment, const StageShape& stage) {
  if (is_serial(stage)) return segment.kind == Segment::Kind::serial;
  return segment.kind == Segment::Kind::parallel && segment.workers == 0 && stage.workers.max == 0;
}

bool opens_region(const StageShape& stage) {
  return stage.letters || stage.queue || is_call(stage);
}

/// The regions with their stages only.
std::vector<Region> cut(const Shapes& stages) {
  std::vector<Region> regions(1);
  for (int i = 1; i < static_cast<int>(stages.size()); ++i) {
    const StageShape& stage = at(stages, i);
    if (opens_region(stage)) {
      if (!stage.letters) regions.back().next = static_cast<int>(regions.size());
      Region& region = regions.emplace_back();
      region.first = i;
      region.calls = is_call(stage);
      region.letters = stage.letters;
    }
    regions.back().last = i;
  }
  return regions;
}

/// The first stage that works on the region's batches.
int first_in_segments(const Region& region) {
  return region.first + (region.calls || region.first == 0 ? 1 : 0);
}

/// Cuts a region's segments. `order`: in which the records come out of its reorder buffer; it is
/// left as that in which they leave the region. Returns which segments need the order of the input.
std::vector<bool> cut_segments(Region& region, const Shapes& stages, Order& order) {
  const int begin = first_in_segments(region);
  std::vector<Segment>& segments = region.segments;
  // The first segment is there even if it is empty: that of the source loads what it hands out.
  segments.push_back({Segment::Kind::parallel, begin, begin - 1, 0, true});
  std::vector<bool> needs(1, false);
  for (int i = begin; i <= region.last; ++i) {
    const StageShape& stage = at(stages, i);
    const bool serial = is_serial(stage);
    if (!joins(segments.back(), stage)) {
      segments.push_back({serial ? Segment::Kind::serial : Segment::Kind::parallel, i, i - 1,
                          serial ? 0 : stage.workers.max, !serial || order != Order::none});
      needs.push_back(serial && order == Order::input);
    }
    segments.back().last = i;
    // A serial stage puts out what it gets as it comes: for its output to be in order, the input
    // of its segment must be.
    if (serial && stage.order == Order::input) needs.back() = true;
    order = stage.order.value_or(order);
  }
  if (segments.back().kind == Segment::Kind::parallel) {
    segments.push_back(
        {Segment::Kind::serial, region.last + 1, region.last, 0, order != Order::none});
    needs.push_back(order == Order::input);
  }
  return needs;
}

/// What must hold records behind an unfinished one must not hold what a later stage needs first:
/// where order is asked for below, it is kept from the first on.
void keep_order_above(std::vector<Region>& regions, const std::vector<std::vector<bool>>& needs) {
  bool asked = false;
  for (std::size_t r = regions.size(); r-- > 0;) {
    Region& region = regions[r];
    if (region.next < 0) asked = false;
    for (std::size_t s = region.segments.size(); s-- > 0;) {
      Segment& segment = region.segments[s];
      if (segment.kind != Segment::Kind::serial) continue;
      asked = asked || needs[r][s];
      segment.in_order = segment.in_order || asked;
    }
    if (asked) region.order = Order::input;
    asked = region.order == Order::input;
  }
}

}  // namespace

bool is_concurrent(Role role) {
  return role == Role::transform || role == Role::batch_transform ||
         role == Role::keyed_transform || role == Role::async_transform;
}

bool is_call(const StageShape& stage) {
  if (!is_concurrent(stage.role)) return false;
  const bool single = stage.role == Role::async_transform || stage.role == Role::keyed_transform;
  return single || stage.blocking || stage.policy || stage.chaos || stage.workers.adapts() ||
         stage.order == Order::key;
}

std::vector<Region> lay_out(const Shapes& stages) {
  std::vector<Region> regions = cut(stages);
  if (stages.empty()) return regions;
  std::vector<std::vector<bool>> needs;
  Order order = Order::input;
  for (Region& region : regions) {
    // What failed is asked for in order, whatever became of the rest.
    if (region.letters) order = Order::input;
    // A stage that is called says here how the records leave it; others say it in their segment.
    const bool says = region.calls || region.first == 0;
    if (says) order = at(stages, region.first).order.value_or(order);
    region.order = order;
    needs.push_back(cut_segments(region, stages, order));
  }
  keep_order_above(regions, needs);
  return regions;
}

std::uint64_t reserve_units(const Region& region, const Shapes& stages) {
  constexpr std::uint64_t kCall = 3;
  std::uint64_t others = 0;
  for (int i = first_in_segments(region); i <= region.last; ++i) {
    others += at(stages, i).role == Role::sink ? 0 : 1;
  }
  if (region.first == 0) return others + 1;
  return (region.calls ? kCall : 1) + others + 1;
}

}  // namespace weir
