#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/text/diagnostic.h"
#include "weir/registry.h"

namespace weir::cli {

/// The YAML that a pipeline of `-e` stands for.
struct InlinePipeline {
  std::string yaml;
  std::vector<text::Diagnostic> diagnostics;  ///< Empty if the text of `-e` has no mistake.
};

/// Reads the one-line language of `weir run -e`:
///
///     json.parse | filter status >= 400 | csv.format time,path header:false
///
/// Stages stand between `|` outside quotes and brackets (`||` is the operator). The first word is
/// the type; the rest is its main option (`TypeSpec::positional`, else the first). Words at the end
/// of the form `name:value` set other options, or keys of the stage (`on_error:skip`). A list is
/// split at commas; a map is written `name = value, name = value`. Quotes around a whole value or
/// item are taken off, except of expressions; `[...]` and `{...}` are YAML where a list or a map is
/// meant. A file.read of standard input and a file.write to standard output are put at the ends if
/// there is no other source or sink. `files` are read instead of standard input, one after the
/// other; each is the file of exactly that name, or standard input if it is `-`.
InlinePipeline read_inline_pipeline(std::string_view text, const Registry& registry,
                                    const std::vector<std::string>& files = {});

}  // namespace weir::cli
