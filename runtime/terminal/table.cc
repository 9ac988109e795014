#include "runtime/terminal/table.h"

#include <algorithm>
#include <numeric>

#include "runtime/terminal/console.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// The columns that text needs to be readable.
constexpr std::size_t kLeastText = 24;

/// Returns the width of a cell without its colour codes.
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
  titles_ = cells;
  for (std::string& cell : cells) cell = painted(colours, Tone::faint, cell);
  row(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], shown_width(row[i]));
  }
  return widths;
}

std::string Table::text(std::size_t width) const {
  const std::vector<std::size_t> widths = this->widths();
  const std::size_t last = columns_.size() - 1;
  const std::size_t begin = std::accumulate(widths.begin(), widths.end() - 1, indent_ + 2 * last);
  const std::size_t least = std::min(widths[last], kLeastText);
  if (width != kAnyWidth && begin + least > width) return listed(width);
  const std::size_t room = width == kAnyWidth ? width : width - begin;
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const std::size_t shown = shown_width(row[i]);
      if (shown > room && i == last) {
        line += wrapped_text(row[i], room, begin);
        continue;
      }
      const std::string gap(widths[i] - shown, ' ');
      line += columns_[i] == Align::right ? gap + row[i] : row[i] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string Table::listed(std::size_t width) const {
  const std::size_t hang = indent_ + 2;
  const std::size_t room = std::max(width, hang + kLeastText) - hang;
  std::string text;
  for (std::size_t at = titles_.empty() ? 0 : 1; at < rows_.size(); ++at) {
    const auto& row = rows_[at];
    std::string line = row.front();
    for (std::size_t i = 1; i < row.size(); ++i) {
      if (row[i].empty()) continue;
      line += i == 1 ? "  " : ", ";
      if (!titles_.empty() && !titles_[i].empty()) line += titles_[i] + " ";
      line += row[i];
    }
    text += std::string(indent_, ' ') + wrapped_text(line, room, hang) + "\n";
  }
  return text;
}

std::string wrapped_text(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  std::size_t spaces = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) {
      ++spaces;
      continue;
    }
    const std::size_t size = shown_width(word);
    if (column > 0 && column + spaces + size > width) {
      out += "\n" + std::string(indent, ' ');
      column = spaces = 0;
    }
    out += std::string(spaces, ' ') + word;
    column += spaces + size;
    spaces = 1;
  }
  return out;
}

}  // namespace weir::cli
