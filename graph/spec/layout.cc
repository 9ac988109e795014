#include "graph/spec/layout.h"

namespace weir {
namespace {

bool is_serial(const StageShape& stage) {
  return stage.role == Role::serial_transform || stage.role == Role::sink;
}

/// Whether the stage may work in the same body as its neighbours.
bool joins(const Segment& segment, const StageShape& stage) {
  if (is_serial(stage)) return segment.kind == Segment::Kind::serial;
  return segment.kind == Segment::Kind::parallel && segment.workers == 0 && stage.workers == 0;
}

}  // namespace

std::vector<Segment> lay_out(const std::vector<StageShape>& stages) {
  // The first segment also loads what the source hands out, so it is there even if it is empty.
  std::vector<Segment> segments{{Segment::Kind::parallel, 1, 0, 0, true}};
  Order order = stages.front().order.value_or(Order::input);
  for (int i = 1; i < static_cast<int>(stages.size()); ++i) {
    const StageShape& stage = stages[static_cast<std::size_t>(i)];
    const bool serial = is_serial(stage);
    if (!joins(segments.back(), stage)) {
      segments.push_back({serial ? Segment::Kind::serial : Segment::Kind::parallel, i, i - 1,
                          serial ? 0 : stage.workers, serial ? order == Order::input : true});
    }
    segments.back().last = i;
    // A serial stage puts out what it gets as it comes: for its output to be in order, the input
    // of its segment must be.
    if (serial && stage.order == Order::input) segments.back().in_order = true;
    order = stage.order.value_or(order);
  }
  // A serial segment that has to hold what comes behind an unfinished batch must not hold what a
  // later one needs first: where order is asked for below, it is kept from the first on.
  bool in_order = false;
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (segment->kind != Segment::Kind::serial) continue;
    in_order = segment->in_order = segment->in_order || in_order;
  }
  return segments;
}

}  // namespace weir
