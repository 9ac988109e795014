#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "weir/node.h"

namespace weir {

/// A file's text, found by line or by byte. Columns count bytes. A byte order mark at the
/// beginning belongs to no line. Borrows the text.
class SourceText {
 public:
  explicit SourceText(std::string_view text);

  std::string_view text() const { return text_; }

  /// Without its line break; empty for a line that is not there.
  std::string_view line(std::uint32_t number) const;

  /// The place of `length` bytes from `offset` on, cut at the end of the line.
  Mark mark(std::size_t offset, std::size_t length = 1) const;

  /// The first byte of `mark`; the text's end for a mark outside of it.
  std::size_t offset(const Mark& mark) const;

  /// Where the line of `offset` begins, and where it ends (before its line break).
  std::size_t line_begin(std::size_t offset) const;
  std::size_t line_end(std::size_t offset) const;

 private:
  std::uint32_t line_of(std::size_t offset) const;

  std::string_view text_;
  std::vector<std::size_t> begins_;
};

}  // namespace weir
