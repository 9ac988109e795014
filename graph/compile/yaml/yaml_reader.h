#pragma once

#include <cstddef>
#include <optional>

#include "graph/compile/diag/diagnostics.h"
#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir::compile {

/// The size of the largest file that may be a pipeline. What aliases repeat has the same bound.
inline constexpr std::size_t kMaxFileSize = 1 << 20;
/// The deepest nesting, which no real pipeline reaches. It keeps every recursion over a tree
/// shallow.
inline constexpr std::size_t kMaxDepth = 64;

/// Reads the one YAML document in `source`. Every node has its position: keys and scalars where
/// they are written, a block map or list that is a map's value at its key. Aliases are followed;
/// tags, merge keys and duplicate keys are mistakes. Returns nothing for a file that is not YAML.
/// The tree of a file with smaller mistakes lacks only these.
std::optional<Node> read_yaml(const text::SourceText& source, Diagnostics& diagnostics);

}  // namespace weir::compile
