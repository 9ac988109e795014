#pragma once

#include <cstddef>
#include <string_view>

#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir {

/// Where a YAML scalar stands in the source, and how it is written there.
struct ScalarPlace {
  enum class Style { plain, single_quoted, double_quoted, block };
  Style style = Style::plain;
  std::size_t begin = 0;
  std::size_t end = 0;  ///< Behind the closing quote; for a block behind its header (`|-`).
  bool closed = true;   ///< A quoted one has its closing quote.
};

/// The scalar whose value is `value` and whose first byte is `begin`.
ScalarPlace locate_scalar(std::string_view text, std::size_t begin, std::string_view value);

/// Past anchors, tags and the blanks between, which stand before a scalar.
std::size_t skip_properties(std::string_view text, std::size_t at);

/// The place of `length` bytes from `offset` on of the scalar's text, where the source holds it as
/// it is (plain on one line, quoted without escapes, a literal block); else the whole scalar.
Mark mark_in_scalar(const SourceText& source, const Node& scalar, std::size_t offset,
                    std::size_t length = 1);

/// Where a comment begins that follows the scalar at once (`where: a #b`), or stands in place of
/// one (`where: #b`); npos if there is none.
std::size_t comment_behind(const SourceText& source, const Node& scalar);

}  // namespace weir
