#pragma once

#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"

namespace weir::cli {

/// A stage inside a node: its name, its type, and its settings.
struct DrawnStage {
  std::string name;
  std::string type;  ///< Empty if it equals the name.
  std::vector<std::string> lines;
};

/// A box inside a region: one or more stages, or a buffer before them.
struct DrawnNode {
  enum class Kind {
    source,
    buffer,     ///< The begin of a region below another.
    merge,      ///< The begin of a region with several inputs.
    calls,      ///< A stage that is called record by record.
    parallel,   ///< Fused stages that work on several batches at the same time.
    sequencer,  ///< Puts batches in order again.
    serial,     ///< Stages that see one record at a time.
    sink
  };
  std::string id;
  Kind kind = Kind::parallel;
  std::string title;  ///< The text of a node without stages.
  std::vector<DrawnStage> stages;
  std::vector<std::string> lines;
};

/// A region of the plan, drawn as a frame around its nodes.
struct DrawnRegion {
  std::string id;
  std::string name;
  std::vector<std::string> lines;  ///< Its quota and its threads.
  std::vector<DrawnNode> nodes;    ///< In the order in which records pass them.
};

/// The way of records from one node to another.
struct DrawnEdge {
  std::string from;
  std::string to;
  std::string label;
  bool letters = false;
  bool again = false;  ///< True if it leads to a further pass of a loop.
};

/// A plan as it will run, for people; `weir graph` writes it in one notation or another.
struct Drawing {
  std::string name;
  std::string limits;
  std::vector<DrawnRegion> regions;
  std::vector<DrawnEdge> edges;
};

/// Returns the drawing of a plan. Passes of a loop that look the same are drawn once.
Drawing draw(const compile::Plan& plan);

}  // namespace weir::cli
