#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// Finds stages by the names that other stages may use for them (`from`, `to`).
class StageNames {
 public:
  explicit StageNames(const Drafts& drafts);

  std::optional<StageId> find(std::string_view name) const;
  void report_unknown(std::string_view name, const Mark& mark, Diagnostics& diagnostics) const;

 private:
  std::map<std::string, StageId, std::less<>> stages_;
  std::map<std::string, StageId, std::less<>> numbered_;  ///< Names that nothing may refer to.
  std::vector<std::string> names_;
};

}  // namespace weir::compile
