#pragma once

#include <string_view>

#include "graph/spec/diagnostics.h"
#include "graph/text/source_text.h"

namespace weir {

/// Whether a file of this size can be a pipeline; reports it if not. To be asked before anything
/// looks at the text.
bool check_size(std::string_view text, Diagnostics& diagnostics);

/// Whether `source` is nothing but text; reports the first byte that is not.
bool check_bytes(const SourceText& source, Diagnostics& diagnostics);

}  // namespace weir
