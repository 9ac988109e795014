#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/node.h"

namespace weir::text {

enum class Severity : std::uint8_t { error, warning, note };

/// One positioned message about a pipeline file. A zero mark means the file as a whole.
struct Diagnostic {
  std::string file;
  Mark mark;
  Severity severity = Severity::error;
  std::string message;  ///< Lower case, no full stop.
  std::string hint;     ///< At most one; empty if there is none.
};

/// Returns the diagnostic as people read it: position, message, the line of `source` with a marker
/// below, the hint. Long lines are cut; tabs and bytes that are not UTF-8 are replaced.
std::string render(const Diagnostic& diagnostic, std::string_view source);

}  // namespace weir::text
