#pragma once

#include <cstddef>
#include <string_view>

#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir::compile {

/// The position of a YAML scalar in the source, and the style in which it is written.
struct ScalarPlace {
  enum class Style { plain, single_quoted, double_quoted, block };
  Style style = Style::plain;
  std::size_t begin = 0;
  std::size_t end = 0;  ///< After the closing quote; for a block, after its header (`|-`).
  bool closed = true;   ///< False if a quoted scalar has no closing quote.
};

/// Returns the position of the scalar that begins at byte `begin` and has the value `value`.
ScalarPlace locate_scalar(std::string_view text, std::size_t begin, std::string_view value);

/// Returns the offset after the anchors, tags and blanks that stand before a scalar.
std::size_t skip_properties(std::string_view text, std::size_t at);

/// Returns the position of `length` bytes of the scalar's text from `offset` on, if the source
/// holds them unchanged (plain on one line, quoted without escapes, a literal block); else that of
/// the whole scalar.
Mark mark_in_scalar(const text::SourceText& source, const Node& scalar, std::size_t offset,
                    std::size_t length = 1);

/// Returns the offset of a comment that directly follows the scalar (`where: a #b`) or stands in
/// its place (`where: #b`); npos if there is none.
std::size_t comment_behind(const text::SourceText& source, const Node& scalar);

}  // namespace weir::compile
