#pragma once

#include <string>
#include <vector>

#include "graph/spec/plan.h"

namespace weir {

/// A stage inside a node: its name, its type, and what it says of itself.
struct DrawnStage {
  std::string name;
  std::string type;  ///< Empty: as the name.
  std::vector<std::string> lines;
};

struct DrawnNode {
  enum class Kind {
    source,
    buffer,     ///< Where a region begins, behind another.
    merge,      ///< The same, of several inputs.
    calls,      ///< A stage that is called record by record.
    parallel,   ///< Stages that work on batches side by side, fused.
    sequencer,  ///< Puts batches in order again.
    serial,     ///< Stages that see one record at a time.
    sink
  };
  std::string id;
  Kind kind = Kind::parallel;
  std::string title;  ///< Where there is no stage.
  std::vector<DrawnStage> stages;
  std::vector<std::string> lines;
};

struct DrawnRegion {
  std::string id;
  std::string name;
  std::vector<std::string> lines;  ///< Its share, its threads.
  std::vector<DrawnNode> nodes;    ///< In the order in which records go through them.
};

struct DrawnEdge {
  std::string from;
  std::string to;
  std::string label;
  bool letters = false;
  bool again = false;  ///< To a further pass of a loop.
};

/// A plan as it will run, for people: what `weir graph` shows in one notation or another.
struct Drawing {
  std::string name;
  std::string limits;
  std::vector<DrawnRegion> regions;
  std::vector<DrawnEdge> edges;
};

/// Passes of a loop that look the same are drawn once.
Drawing draw(const Plan& plan);

}  // namespace weir
