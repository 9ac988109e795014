#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "tests/flow/kit/graph_stages.h"
#include "tests/flow/random/call_pipeline.h"

namespace weir::flow::test {

/// One output of a stage of a random graph.
struct GraphInput {
  int node = 0;
  int port = 0;
};

/// One stage of a random graph.
struct GraphNode {
  enum class Type : std::uint8_t {
    source,
    plain,  ///< `drawn` says what.
    split,
    again,
    racer,
    note,
    zip,
    stamp,
    number,
    window,
    tag,
    join,
    collect,
    letters
  };
  Type type = Type::plain;
  std::string name;
  /// The whole stage if it is plain; of others on_error and more.
  DrawnStage drawn;
  std::vector<GraphInput> inputs;  ///< From outside of a loop, if it heads one.
  bool implicit = false;           ///< Reads the stage above without a `from`.
  std::string merge;               ///< As written; empty: not said.
  compile::MergePolicy::Kind policy = compile::MergePolicy::Kind::input;  ///< Of several inputs.
  bool by_origin = false;                                                 ///< zip

  int loop_max = 0;  ///< Heads a loop.
  int loop_end = 0;  ///< The stage that sends back, by port 1.
  bool in_loop = false;
  int source = 0;         ///< source: which.
  std::int64_t size = 0;  ///< source: how many records; window.
  bool split_source = false;
  bool blocking = false;
  SplitOptions split;
  AgainOptions again;
  RacerOptions racer;
  StampOptions stamp;
  std::string tag;
  bool async = false;  ///< split, again, racer

  bool ends() const { return type == Type::collect || type == Type::letters; }
  /// Into which box letters go; -1: none.
  int box = -1;
};

/// A random graph over numbers, from a seed. A stage stands behind those that it reads; the stages
/// of a loop's body follow each other.
struct Graph {
  std::vector<GraphNode> nodes;
  int sources = 1;
  bool fails = false;  ///< Some errors fail the run.
  /// A stage may want no more although nothing else wants it either: how much is read is not sure.
  bool stops = false;
  /// Branches race: which of their errors come about is not sure.
  bool races = false;
  std::int64_t records = 0;  ///< `limits.records`; 0: the default. May have to be raised.
  std::int64_t memory = 0;   ///< `limits.memory` in MiB, likewise.

  static Graph random(std::uint64_t seed);
  std::string yaml() const;
  const GraphNode& at(int node) const { return nodes[static_cast<std::size_t>(node)]; }
};

}  // namespace weir::flow::test
