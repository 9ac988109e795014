#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::cli {

enum class Align : unsigned char { left, right };

/// Rows of cells in columns as wide as their widest cell, two spaces apart. The last column is
/// broken between words if a row would be wider than the screen. If not even the other columns fit,
/// each row becomes a list of its cells, each after its column's title.
class Table {
 public:
  static constexpr std::size_t kAnyWidth = std::string::npos;

  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

  void indent(std::size_t spaces) { indent_ = spaces; }
  /// Adds the column titles, faint if `colours` is true.
  void head(std::vector<std::string> cells, bool colours);
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Returns whole lines, without spaces at their ends. `width` is the number of columns of the
  /// screen.
  std::string text(std::size_t width = kAnyWidth) const;

 private:
  std::vector<std::size_t> widths() const;
  std::string listed(std::size_t width) const;

  std::vector<Align> columns_;
  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
  std::size_t indent_ = 0;
};

/// Breaks `text` between words into lines of at most `width` columns, all but the first indented.
std::string wrapped_text(std::string_view text, std::size_t width, std::size_t indent);

}  // namespace weir::cli
