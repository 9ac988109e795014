#pragma once

#include <map>
#include <string>

#include "graph/compile/diag/diagnostics.h"
#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir::compile {

/// The value that a `${...}` becomes.
struct ParamValue {
  std::string text;
  bool quoted = false;  ///< As Node::quoted.
  bool wrong = false;   ///< True if there is no value, which has been reported.
  Insert::Kind kind = Insert::Kind::text;
  std::string constant{};   ///< As Insert::constant.
  bool undeclared = false;  ///< As Insert::undeclared.
  bool secret = false;      ///< As Insert::secret.
};
using Params = std::map<std::string, ParamValue>;

/// Replaces `${params.x}`, `${env.X}`, `${env.X:-default}` and `${file.PATH}` in every scalar of
/// `tree`, and `$${` by `${`. `${quote:...}` gives a pattern that matches only the value.
/// Node::inserts records each replacement, so that an option whose value is code takes it as data.
/// A scalar that is one `${...}` is as plain or quoted as its value. Values of the environment and
/// of files are masked in `diagnostics`.
/// `params` is null inside `params:` itself, where no param may be used.
void interpolate(Node& tree, const Params* params, const text::SourceText& source,
                 Diagnostics& diagnostics);

}  // namespace weir::compile
