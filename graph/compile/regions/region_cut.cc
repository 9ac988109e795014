#include "graph/compile/regions/region_cut.h"

#include <algorithm>
#include <tuple>

namespace weir::compile {
namespace {

bool opens_region(const StageShape& stage) {
  return stage.letters || stage.queue || stage.timed || is_call(stage);
}

/// The links into a stage and out of it.
struct Edges {
  const Link* in = nullptr;  ///< A link that carries no dead letters.
  std::size_t inputs = 0;
  std::size_t readers = 0;
  bool letters = false;  ///< True if the stage takes dead letters.
};

IdVector<StageId, Edges> edges_of(const Shapes& stages, const std::vector<Link>& links) {
  IdVector<StageId, Edges> edges(stages.size());
  for (const Link& link : links) {
    Edges& to = edges[link.to];
    if (link.letters) {
      to.letters = true;
      continue;
    }
    to.in = &link;
    ++to.inputs;
    ++edges[link.from].readers;
  }
  return edges;
}

/// Returns whether the stage works in the region of the stage before it.
bool goes_on(StageId i, const Shapes& stages, const IdVector<StageId, Edges>& edges) {
  const Edges& edge = edges[i];
  if (edge.inputs != 1 || edge.letters || edge.in->from != i - 1 || edge.in->port != 0) {
    return false;
  }
  if (edges[i - 1].readers != 1) return false;
  return !opens_region(stages[i]) && stages[i].pool == stages[i - 1].pool;
}

/// Returns the regions with their stages but without their inputs and outlets.
Regions cut(const Shapes& stages, const std::vector<Link>& links) {
  const IdVector<StageId, Edges> edges = edges_of(stages, links);
  Regions regions;
  for (const StageId i : stages.ids()) {
    const StageShape& stage = stages[i];
    if (i == StageId() || !goes_on(i, stages, edges)) {
      const Edges& edge = edges[i];
      Region& region = regions.emplace_back();
      region.first = i;
      region.calls = is_call(stage);
      region.letters = edge.inputs == 0 && (stage.letters || edge.letters);
      region.merge = stage.merge;
      region.pool = stage.pool;
    }
    regions.back().last = i;
  }
  return regions;
}

void add_input(Regions& regions, RegionId from, RegionId to, const Link& link) {
  std::vector<RegionId>& inputs = regions[to].inputs;
  Region& above = regions[from];
  // The dead letters of several stages of one region to one chain share an outlet.
  if (link.letters && std::ranges::any_of(above.letter_outlets, [&](const LetterOutlet& outlet) {
        return outlet.stage == link.to;
      })) {
    return;
  }
  const std::size_t input = inputs.size();
  inputs.push_back(from);
  if (link.letters) {
    above.letter_outlets.push_back({link.to, to, input});
  } else {
    above.outlets.push_back({link.port, to, input});
  }
}

/// Returns the last region that all records leaving this one, except dead letters, pass in order.
RegionId end_of_way(const Regions& regions, const Shapes& stages, RegionId region) {
  while (true) {
    const Region& here = regions[region];
    if (here.outlets.size() != 1) return region;
    const RegionId next = here.outlets.front().to;
    const Region& below = regions[next];
    if (below.inputs.size() > 1 && !merges_by_place(below)) return region;
    for (const StageId i : below.stages()) {
      if (stages[i].order.value_or(Order::input) != Order::input) return region;
    }
    region = next;
  }
}

/// Makes dead letters wait for the end of the way that their records would have gone. If a record
/// fails the run further down that way, it must hold back the dead letters of later origins.
void hold_back_letters(Regions& regions, const Shapes& stages) {
  for (const RegionId r : regions.ids()) {
    if (!regions[r].letters) continue;
    const std::vector<RegionId> senders = regions[r].inputs;
    for (const RegionId sender : senders) {
      const Link link{StageId(), 0, regions[r].first, 0, true};
      const RegionId end = end_of_way(regions, stages, sender);
      if (end < r) add_input(regions, end, r, link);
    }
  }
}

/// Sets the inputs and outlets of the regions.
void connect(Regions& regions, const Shapes& stages, std::vector<Link> links) {
  IdVector<StageId, RegionId> region_of(stages.size());
  for (const RegionId r : regions.ids()) {
    for (const StageId i : regions[r].stages()) region_of[i] = r;
  }
  std::ranges::stable_sort(links, {}, [](const Link& link) {
    return std::tuple(link.to, link.letters, link.letters ? link.from.number() : link.input);
  });
  for (const Link& link : links) {
    const RegionId from = region_of[link.from];
    const RegionId to = region_of[link.to];
    if (from != to) add_input(regions, from, to, link);
  }
  hold_back_letters(regions, stages);
  for (Region& region : regions) std::ranges::stable_sort(region.outlets, {}, &Outlet::port);
}

/// Sets the source of each region's records. Only a region with several inputs keeps a merge
/// policy.
void follow_sources(Regions& regions) {
  SourceId next;
  for (Region& region : regions) {
    if (has_source(region)) {
      region.source = next;
      ++next;
      continue;
    }
    for (std::size_t i = 0; i < region.inputs.size(); ++i) {
      const std::optional<SourceId> source = regions[region.inputs[i]].source;
      region.source = i == 0 || region.source == source ? source : std::nullopt;
    }
    // Dead letters make no demands on the order of the regions above. `lay_out` merges them by
    // place only if they arrive in order anyway.
    if (region.letters) region.merge.kind = MergePolicy::Kind::arrival;
    if (region.inputs.size() < 2) region.merge = MergePolicy();
  }
}

}  // namespace

bool has_source(const Region& region) { return region.is_source() && !region.letters; }

Regions cut_regions(const Shapes& stages, const std::vector<Link>& links) {
  Regions regions = cut(stages, links);
  connect(regions, stages, links);
  follow_sources(regions);
  return regions;
}

}  // namespace weir::compile
