#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::compile {

/// The complaint with which the YAML parser gave up, and what it had read by then. Offsets are in
/// bytes.
struct ParserComplaint {
  std::string message;
  std::size_t offset = 0;
  std::size_t last_scalar = std::string_view::npos;  ///< The beginning of the latest scalar.
  std::size_t open_flow = std::string_view::npos;    ///< The innermost open `{` or `[`.
};

/// The complaint in the user's terms, with a repair that lets reading go on.
struct SyntaxError {
  std::size_t begin = 0;
  std::size_t length = 1;
  std::string message;
  std::string hint;
  /// The bytes that, overwritten with letters, let reading go on after the mistake. Empty: reading
  /// stops.
  std::size_t repair_begin = 0;
  std::size_t repair_end = 0;
  /// The beginning of the scalar that the repair changes. Nothing more is reported about this
  /// scalar.
  std::size_t scalar_begin = 0;
};

/// Returns the explanation of a complaint about `text`.
SyntaxError explain(const ParserComplaint& complaint, std::string_view text);

}  // namespace weir::compile
