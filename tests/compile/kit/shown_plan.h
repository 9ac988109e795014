#pragma once

#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "tests/compile/kit/look_alikes.h"
#include "tests/compile/kit/numbers.h"

namespace weir::fake {

/// A plan refers to the types that it was loaded with.
inline const Setup& usual() {
  static const Setup setup;
  return setup;
}

inline compile::Plan plan_of(const std::string& text) {
  compile::Loaded loaded = usual().load(text);
  INFO(render_all(loaded, text));
  REQUIRE(loaded.plan);
  return std::move(*loaded.plan);
}

/// A line for each region: how it merges, its stages (a further pass of `a` is `a'`), and where
/// records go from it: `port>stage#input`, dead letters `!>stage#input`.
inline std::string shown(const compile::Plan& plan) {
  std::ostringstream out;
  const auto name = [&](compile::StageId stage) {
    const compile::PlannedStage& at = plan.stages[stage];
    std::string text = at.name;
    if (!at.pass_of) return text;
    for (const compile::StageId i : compile::IdRange(*at.pass_of, stage + 1)) {
      if (plan.stages[i].pass_of == at.pass_of) text += '\'';
    }
    return text;
  };
  const auto target = [&](const auto& outlet) {
    return name(plan.regions[outlet.to].first) + "#" + std::to_string(outlet.input);
  };
  for (const compile::Region& region : plan.regions) {
    if (region.inputs.size() > 1) {
      out << "["
          << EnumNames<compile::MergePolicy::Kind>::names[static_cast<int>(region.merge.kind)]
          << (region.merge.by_origin ? " by origin" : "") << "] ";
    }
    for (const compile::StageId i : region.stages()) {
      out << (i > region.first ? " " : "") << name(i);
    }
    for (const compile::Outlet& outlet : region.outlets) {
      out << "  " << plan.stages[region.last].ports[outlet.port] << ">" << target(outlet);
    }
    for (const compile::LetterOutlet& outlet : region.letter_outlets)
      out << "  !>" << target(outlet);
    out << "\n";
  }
  return out.str();
}

}  // namespace weir::fake
