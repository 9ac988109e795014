#pragma once

#include <string>

namespace weir {

/// What came of running Graphviz.
struct GraphvizAnswer {
  std::string svg;
  std::string problem;  ///< Empty: none.
  std::string hint;
};

/// The SVG that Graphviz's `dot`, found on PATH, makes of a text in its language.
GraphvizAnswer svg_of(const std::string& dot);

}  // namespace weir
