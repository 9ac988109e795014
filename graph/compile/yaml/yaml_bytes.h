#pragma once

#include <string_view>

#include "graph/compile/diag/diagnostics.h"
#include "graph/text/source_text.h"

namespace weir::compile {

/// Returns whether a file of this size can be a pipeline; reports it if not. Call it before
/// anything else reads the text.
bool check_size(std::string_view text, Diagnostics& diagnostics);

/// Returns whether `source` is nothing but text; reports the first byte that is not.
bool check_bytes(const text::SourceText& source, Diagnostics& diagnostics);

}  // namespace weir::compile
