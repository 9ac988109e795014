#include "runtime/table.h"

#include <algorithm>

#include "runtime/console.h"
#include "runtime/figures.h"

namespace weir {
namespace {

/// The width of a cell, its colours not counted.
std::size_t shown_width(const std::string& cell) {
  std::size_t width = display_width(cell);
  for (std::size_t at = 0; (at = cell.find('\x1b', at)) != cell.npos;) {
    const std::size_t end = std::min(cell.find('m', at), cell.size() - 1);
    width -= end - at + 1;
    at = end;
  }
  return width;
}

}  // namespace

void Table::head(std::vector<std::string> cells, bool colours) {
  for (std::string& cell : cells) cell = painted(colours, Tone::faint, cell);
  row(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], shown_width(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - shown_width(row[i]), ' ');
      if (i > 0) line += "  ";
      line += columns_[i] == Align::right ? gap + row[i] : row[i] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace weir
