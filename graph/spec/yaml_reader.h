#pragma once

#include <cstddef>
#include <optional>

#include "graph/spec/diagnostics.h"
#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir {

/// A larger file is no pipeline. What aliases repeat counts too.
inline constexpr std::size_t kMaxFileSize = 1 << 20;
/// Deeper nesting than any pipeline's; keeps every recursion over a tree shallow.
inline constexpr std::size_t kMaxDepth = 64;

/// Reads the one YAML document in `source`, every node with its place: keys and scalars where they
/// are written, a block map or list that is a map's value at its key. Aliases are followed; tags,
/// merge keys and duplicate keys are mistakes. Nothing comes back for a file that is not YAML; the
/// tree of one with smaller mistakes is complete but for these.
std::optional<Node> read_yaml(const SourceText& source, Diagnostics& diagnostics);

}  // namespace weir
