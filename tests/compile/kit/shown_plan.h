#pragma once

#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "tests/compile/kit/look_alikes.h"

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
  const auto name = [&](int stage) {
    const compile::PlannedStage& at = plan.at(stage);
    if (at.pass_of < 0) return at.name;
    int pass = 0;
    for (int i = at.pass_of + 1; i <= stage; ++i) pass += plan.at(i).pass_of == at.pass_of;
    return at.name + std::string(static_cast<std::size_t>(pass), '\'');
  };
  const auto target = [&](const compile::Outlet& outlet) {
    const compile::Region& to = plan.regions[static_cast<std::size_t>(outlet.to)];
    return name(to.first) + "#" + std::to_string(outlet.input);
  };
  for (const compile::Region& region : plan.regions) {
    if (region.inputs.size() > 1) {
      out << "["
          << EnumNames<compile::MergePolicy::Kind>::names[static_cast<int>(region.merge.kind)]
          << (region.merge.by_origin ? " by origin" : "") << "] ";
    }
    for (int i = region.first; i <= region.last; ++i) {
      out << (i > region.first ? " " : "") << name(i);
    }
    for (const compile::Outlet& outlet : region.outlets) {
      const auto& ports = plan.at(region.last).ports;
      out << "  " << ports[static_cast<std::size_t>(outlet.port)] << ">" << target(outlet);
    }
    for (const compile::Outlet& outlet : region.letter_outlets) out << "  !>" << target(outlet);
    out << "\n";
  }
  return out.str();
}

}  // namespace weir::fake
