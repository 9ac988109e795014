#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/spec/diagnostics.h"
#include "graph/spec/draft.h"

namespace weir {

/// The stages by the names by which others may refer to them (`from`, `to`).
class StageNames {
 public:
  explicit StageNames(const std::vector<Draft>& drafts);

  std::optional<int> find(std::string_view name) const;
  void report_unknown(std::string_view name, const Mark& mark, Diagnostics& diagnostics) const;

 private:
  std::map<std::string, int, std::less<>> stages_;
  std::map<std::string, int, std::less<>> numbered_;  ///< Nothing may refer to these.
  std::vector<std::string> names_;
};

}  // namespace weir
