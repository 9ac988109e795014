#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "weir/node.h"

namespace weir::text {

/// The text of a file, addressed by line or by byte. Columns count bytes. A byte order mark at the
/// beginning belongs to no line. Borrows the text.
class SourceText {
 public:
  explicit SourceText(std::string_view text);

  std::string_view text() const { return text_; }

  /// Returns a line without its line break; empty if there is no such line.
  std::string_view line(std::uint32_t number) const;

  /// Returns the place of `length` bytes from `offset` on, cut at the end of the line.
  Mark mark(std::size_t offset, std::size_t length = 1) const;

  /// Returns the offset of the first byte of `mark`, or the text's size for a mark outside it.
  std::size_t offset(const Mark& mark) const;

  /// Return the begin and the end (before its line break) of the line that contains `offset`.
  std::size_t line_begin(std::size_t offset) const;
  std::size_t line_end(std::size_t offset) const;

 private:
  std::uint32_t line_of(std::size_t offset) const;

  std::string_view text_;
  std::vector<std::size_t> begins_;
};

}  // namespace weir::text
