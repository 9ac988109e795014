#include "graph/text/source_text.h"

#include <algorithm>

namespace weir::text {

SourceText::SourceText(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  begins_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string_view::npos;
       at = text_.find('\n', at + 1)) {
    begins_.push_back(at + 1);
  }
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number == 0 || number > begins_.size()) return {};
  const std::size_t begin = begins_[number - 1];
  return text_.substr(begin, line_end(begin) - begin);
}

Mark SourceText::mark(std::size_t offset, std::size_t length) const {
  offset = std::min(offset, text_.size());
  const std::uint32_t line = line_of(offset);
  const std::size_t end = std::max(line_end(offset), offset);
  return {line, static_cast<std::uint32_t>(offset - begins_[line - 1] + 1),
          static_cast<std::uint32_t>(std::min(length, std::max<std::size_t>(end - offset, 1)))};
}

std::size_t SourceText::offset(const Mark& mark) const {
  if (mark.line == 0 || mark.line > begins_.size()) return text_.size();
  const std::size_t begin = begins_[mark.line - 1];
  return std::min(begin + std::max(mark.column, 1u) - 1, text_.size());
}

std::size_t SourceText::line_begin(std::size_t offset) const {
  return begins_[line_of(offset) - 1];
}

std::size_t SourceText::line_end(std::size_t offset) const {
  // Looked up in the index, since a search would make many marks on one long line quadratic.
  const std::uint32_t line = line_of(offset);
  const std::size_t end = line < begins_.size() ? begins_[line] - 1 : text_.size();
  return end > offset && text_[end - 1] == '\r' ? end - 1 : end;
}

std::uint32_t SourceText::line_of(std::size_t offset) const {
  const auto next = std::upper_bound(begins_.begin(), begins_.end(), offset);
  return static_cast<std::uint32_t>(next - begins_.begin());
}

}  // namespace weir::text
