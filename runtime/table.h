#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weir {

enum class Align : unsigned char { left, right };

/// Rows of cells in columns as wide as their widest cell, two spaces apart.
class Table {
 public:
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

  void indent(std::size_t spaces) { indent_ = spaces; }
  /// Column titles, faint if `colours`.
  void head(std::vector<std::string> cells, bool colours);
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  /// Whole lines, without spaces at their ends.
  std::string text() const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::size_t indent_ = 0;
};

}  // namespace weir
