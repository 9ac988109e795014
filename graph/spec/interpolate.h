#pragma once

#include <map>
#include <string>

#include "graph/spec/diagnostics.h"
#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir {

/// What a `${params.NAME}` becomes.
struct ParamValue {
  std::string text;
  bool quoted = false;  ///< As Node::quoted.
  bool wrong = false;   ///< It has none, which has been reported.
};
using Params = std::map<std::string, ParamValue>;

/// Replaces `${params.x}`, `${env.X}`, `${env.X:-default}` and `${file.PATH}` in every scalar of
/// `tree`, and `$${` by `${`. A scalar that is one `${...}` is as plain or quoted as its value.
/// `params` is null where none may be used: inside `params:` itself.
void interpolate(Node& tree, const Params* params, const SourceText& source,
                 Diagnostics& diagnostics);

}  // namespace weir
