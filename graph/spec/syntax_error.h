#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir {

/// What the YAML parser said when it gave up, and what it had seen by then. Offsets are bytes.
struct ParserComplaint {
  std::string message;
  std::size_t offset = 0;
  std::size_t last_scalar = std::string_view::npos;  ///< Where the latest scalar begins.
  std::size_t open_flow = std::string_view::npos;    ///< The innermost `{` or `[` not closed.
};

/// The same as a person would say it.
struct SyntaxError {
  std::size_t begin = 0;
  std::size_t length = 1;
  std::string message;
  std::string hint;
  /// Bytes that, overwritten by letters, let reading go on behind the mistake. Empty: stop here.
  std::size_t repair_begin = 0;
  std::size_t repair_end = 0;
  /// The scalar that is no longer what was meant begins here: nothing is said about it any more.
  std::size_t scalar_begin = 0;
};

SyntaxError explain(const ParserComplaint& complaint, std::string_view text);

}  // namespace weir
