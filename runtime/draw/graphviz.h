#pragma once

#include <string>

namespace weir::cli {

/// The result of running Graphviz.
struct GraphvizAnswer {
  std::string svg;
  std::string problem;  ///< Empty if there is none.
  std::string hint;
};

/// Returns the SVG that Graphviz's `dot`, found on PATH, makes of a text in its language.
GraphvizAnswer svg_of(const std::string& dot);

}  // namespace weir::cli
