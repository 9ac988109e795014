#include "graph/compile/regions/region_cut.h"

#include <algorithm>
#include <tuple>

namespace weir::compile {
namespace {

using Shapes = std::vector<StageShape>;
using Regions = std::vector<Region>;

const StageShape& at(const Shapes& stages, int i) { return stages[static_cast<std::size_t>(i)]; }

bool opens_region(const StageShape& stage) {
  return stage.letters || stage.queue || stage.timed || is_call(stage);
}

/// The links into a stage and out of it.
struct Edges {
  const Link* in = nullptr;  ///< A link that carries no dead letters.
  int inputs = 0;
  int readers = 0;
  bool letters = false;  ///< True if the stage takes dead letters.
};

std::vector<Edges> edges_of(const Shapes& stages, const std::vector<Link>& links) {
  std::vector<Edges> edges(stages.size());
  for (const Link& link : links) {
    Edges& to = edges[static_cast<std::size_t>(link.to)];
    if (link.letters) {
      to.letters = true;
      continue;
    }
    to.in = &link;
    ++to.inputs;
    ++edges[static_cast<std::size_t>(link.from)].readers;
  }
  return edges;
}

/// Returns whether the stage works in the region of the stage before it.
bool goes_on(int i, const Shapes& stages, const std::vector<Edges>& edges) {
  const Edges& edge = edges[static_cast<std::size_t>(i)];
  if (edge.inputs != 1 || edge.letters || edge.in->from != i - 1 || edge.in->port != 0) {
    return false;
  }
  if (edges[static_cast<std::size_t>(i - 1)].readers != 1) return false;
  return !opens_region(at(stages, i)) && at(stages, i).pool == at(stages, i - 1).pool;
}

/// Returns the regions with their stages but without their inputs and outlets.
Regions cut(const Shapes& stages, const std::vector<Link>& links) {
  const std::vector<Edges> edges = edges_of(stages, links);
  Regions regions;
  for (int i = 0; i < static_cast<int>(stages.size()); ++i) {
    const StageShape& stage = at(stages, i);
    if (i == 0 || !goes_on(i, stages, edges)) {
      const Edges& edge = edges[static_cast<std::size_t>(i)];
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

void add_input(Regions& regions, int from, int to, const Link& link) {
  std::vector<int>& inputs = regions[static_cast<std::size_t>(to)].inputs;
  Region& above = regions[static_cast<std::size_t>(from)];
  // The dead letters of several stages of one region to one chain share an outlet.
  if (link.letters && std::ranges::any_of(above.letter_outlets, [&](const Outlet& outlet) {
        return outlet.port == link.to;
      })) {
    return;
  }
  const auto input = static_cast<int>(inputs.size());
  inputs.push_back(from);
  if (link.letters) {
    above.letter_outlets.push_back({link.to, to, input});
  } else {
    above.outlets.push_back({link.port, to, input});
  }
}

/// Returns the last region that all records leaving this one, except dead letters, pass in order.
int end_of_way(const Regions& regions, const Shapes& stages, int region) {
  while (true) {
    const Region& here = regions[static_cast<std::size_t>(region)];
    if (here.outlets.size() != 1) return region;
    const int next = here.outlets.front().to;
    const Region& below = regions[static_cast<std::size_t>(next)];
    if (below.inputs.size() > 1 && !merges_by_place(below)) return region;
    for (int i = below.first; i <= below.last; ++i) {
      if (at(stages, i).order.value_or(Order::input) != Order::input) return region;
    }
    region = next;
  }
}

/// Makes dead letters wait for the end of the way that their records would have gone. If a record
/// fails the run further down that way, it must hold back the dead letters of later origins.
void hold_back_letters(Regions& regions, const Shapes& stages) {
  for (int r = 0; r < static_cast<int>(regions.size()); ++r) {
    if (!regions[static_cast<std::size_t>(r)].letters) continue;
    const std::vector<int> senders = regions[static_cast<std::size_t>(r)].inputs;
    for (int sender : senders) {
      const Link link{0, 0, regions[static_cast<std::size_t>(r)].first, 0, true};
      const int end = end_of_way(regions, stages, sender);
      if (end < r) add_input(regions, end, r, link);
    }
  }
}

/// Sets the inputs and outlets of the regions.
void connect(Regions& regions, const Shapes& stages, std::vector<Link> links) {
  std::vector<int> region_of(stages.size());
  for (std::size_t r = 0; r < regions.size(); ++r) {
    for (int i = regions[r].first; i <= regions[r].last; ++i) {
      region_of[static_cast<std::size_t>(i)] = static_cast<int>(r);
    }
  }
  std::ranges::stable_sort(links, {}, [](const Link& link) {
    return std::tuple(link.to, link.letters, link.letters ? link.from : link.input);
  });
  for (const Link& link : links) {
    const int from = region_of[static_cast<std::size_t>(link.from)];
    const int to = region_of[static_cast<std::size_t>(link.to)];
    if (from != to) add_input(regions, from, to, link);
  }
  hold_back_letters(regions, stages);
  for (Region& region : regions) std::ranges::stable_sort(region.outlets, {}, &Outlet::port);
}

/// Sets the source of each region's records. Only a region with several inputs keeps a merge
/// policy.
void follow_sources(Regions& regions) {
  int sources = 0;
  for (Region& region : regions) {
    if (has_source(region)) {
      region.source = sources++;
      continue;
    }
    for (std::size_t i = 0; i < region.inputs.size(); ++i) {
      const int source = regions[static_cast<std::size_t>(region.inputs[i])].source;
      region.source = i == 0 || region.source == source ? source : -1;
    }
    if (region.inputs.empty()) region.source = -1;
    // Dead letters make no demands on the order of the regions above. `lay_out` merges them by
    // place only if they arrive in order anyway.
    if (region.letters) region.merge.kind = MergePolicy::Kind::arrival;
    if (region.inputs.size() < 2) region.merge = MergePolicy();
  }
}

}  // namespace

bool has_source(const Region& region) { return region.is_source() && !region.letters; }

std::vector<Region> cut_regions(const Shapes& stages, const std::vector<Link>& links) {
  Regions regions = cut(stages, links);
  connect(regions, stages, links);
  follow_sources(regions);
  return regions;
}

}  // namespace weir::compile
