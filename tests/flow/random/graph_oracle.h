#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/compile/plan/bounds.h"
#include "graph/flow/api/report.h"
#include "tests/flow/random/graph_shape.h"

namespace weir::flow::test {

/// One record of the oracle.
struct GraphItem {
  /// Where it stands in the order of its source: the origin's position, or behind all of them what
  /// a stage made in the end.
  using Place = std::pair<std::int64_t, std::int64_t>;

  int source = 0;
  Place place;
  std::string text;
  /// By which ways it came through merges that keep no order among their inputs: what came the same
  /// way keeps its order.
  std::string lane;
  std::string note;  ///< Field `p`.
  std::int64_t stamp = 0;
  std::size_t input = 0;   ///< Of the last merge.
  bool unpaired = false;   ///< zip found no partner.
  bool failed = false;     ///< A racer's error was kept with it,
  bool none_good = false;  ///< and every other one of its origin had one.

  /// Its number among the records of its origin at each fork that it has passed.
  std::array<std::uint32_t, compile::kForks> child{};

  bool has_origin() const;
};

/// How records of branches are ordered where they meet.
inline auto rank_of(const GraphItem& item) { return std::tuple(item.place, item.child); }

/// All records that pass one place, in the order in which a sequential run has them.
struct GraphStream {
  std::vector<GraphItem> items;
  bool shuffled = false;  ///< `order: none` stands above.
  bool mixed = false;     ///< A merge above keeps no order among its inputs.
};

/// What a sequential run of the stages, one after the other over whole sequences, makes of a graph.
struct GraphExpected {
  struct Letter {
    GraphItem::Place place;
    std::string line;
  };
  struct Box {
    std::vector<Letter> letters;
    bool in_order = true;  ///< By origin.
  };
  struct Failure {
    GraphItem::Place place;
    std::string stage;
    std::string kind;
  };

  std::map<std::string, GraphStream> sinks;
  std::map<std::string, Box> boxes;
  std::array<std::uint64_t, kOutcomes> outcomes{};
  std::uint64_t read = 0;
  std::map<std::string, std::uint64_t> errors;  ///< By "stage kind".
  std::uint64_t kept = 0;
  /// What fails the run; the oracle goes on without these records.
  std::vector<Failure> failures;
  /// Where a stage above all others wanted no more.
  GraphItem::Place stopped_at{-1, 0};
};

/// `plan`: of the graph; it says which stages are forks.
GraphExpected interpret(const Graph& graph, const compile::Plan& plan);

/// "position|text|error" of a letter without what is said in the error for people.
std::string plain_letter(std::string line);

}  // namespace weir::flow::test
