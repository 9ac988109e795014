#pragma once

#include <cstdint>
#include <vector>

#include "tests/flow/random/call_interpreter.h"
#include "tests/flow/random/graph_oracle.h"

namespace weir::flow::test {

/// What a stage makes in the end stands behind all origins.
constexpr std::int64_t kMade = std::int64_t{1} << 40;

/// What the oracle has to say of single records: their outcomes, errors and letters.
class GraphBooks {
 public:
  /// A source with so many records, all of them filtered until something is said of them.
  void open(int source, std::int64_t records);
  void mark(const GraphItem& item, Outcome outcome);
  /// By the stage's on_error: what goes on goes to `out`.
  void error(const GraphNode& node, const GraphItem& item, const Answer& answer,
             std::vector<GraphItem>& out);
  /// Where the stage's letters go.
  GraphExpected::Box& box_of(const GraphNode& node);
  /// All that was said, with the sums.
  GraphExpected close();

  GraphExpected expected;

 private:
  void write_letter(const GraphNode& node, const GraphItem& item, const Answer& answer);

  std::vector<std::vector<Outcome>> worst_;  ///< By source and position.
};

}  // namespace weir::flow::test
