#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/node.h"

namespace weir {

enum class Severity : std::uint8_t { error, warning, note };

/// One positioned message about a pipeline file. A zero mark means the file as a whole.
struct Diagnostic {
  std::string file;
  Mark mark;
  Severity severity = Severity::error;
  std::string message;  ///< Lower case, no full stop.
  std::string hint;     ///< At most one; empty if there is none.
};

/// The diagnostic as people read it: position, message, the line of `source` with a marker below,
/// the hint. Tabs, long lines and bytes that are no UTF-8 are shown safely.
std::string render(const Diagnostic& diagnostic, std::string_view source);

}  // namespace weir
