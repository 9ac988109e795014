#include "graph/text/diagnostic.h"

#include <algorithm>

#include "graph/text/source_text.h"
#include "graph/text/utf8.h"

namespace weir::text {
namespace {

/// The width of an excerpt in columns, and how many of them come before the mark when the line is
/// cut.
constexpr int kShown = 100;
constexpr int kBefore = 40;
constexpr std::string_view kCut = "...";

const char* name_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "error";
}

/// Returns the number of columns that `bytes` fill on a terminal.
int width_of(std::string_view bytes) {
  int width = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const Glyph glyph = glyph_at(bytes, at);
    width += glyph.width;
    at += glyph.size;
  }
  return width;
}

/// Returns the longest beginning of `bytes` that fills at most `columns`.
std::string_view fitting(std::string_view bytes, int columns) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Glyph glyph = glyph_at(bytes, at);
    if ((columns -= glyph.width) < 0) break;
    at += glyph.size;
  }
  return bytes.substr(0, at);
}

/// Returns the end of `bytes` that fills about `columns`.
std::string_view last(std::string_view bytes, int columns) {
  int surplus = width_of(bytes) - columns;
  std::size_t at = 0;
  while (surplus > 0) {
    const Glyph glyph = glyph_at(bytes, at);
    surplus -= glyph.width;
    at += glyph.size;
  }
  return bytes.substr(at);
}

/// Returns the marked line with the marker below it, both indented by two blanks.
std::string excerpt(const Mark& mark, std::string_view line) {
  const std::size_t begin = std::min<std::size_t>(std::max(mark.column, 1u) - 1, line.size());
  const std::size_t size = std::min<std::size_t>(std::max(mark.length, 1u), line.size() - begin);
  std::string_view before = line.substr(0, begin);
  std::string_view rest = line.substr(begin);
  std::string_view head, tail;
  if (width_of(before) + width_of(rest) > kShown) {
    if (width_of(before) > kBefore) {
      before = last(before, kBefore);
      head = kCut;
    }
    const std::string_view shown = fitting(rest, kShown - width_of(before));
    if (shown.size() < rest.size()) tail = kCut;
    rest = shown;
  }
  const int columns = std::max(width_of(rest.substr(0, size)), 1);
  const std::size_t indent = 2 + head.size() + static_cast<std::size_t>(width_of(before));
  std::string text = "  ";
  text.append(head).append(printable(before)).append(printable(rest)).append(tail);
  return text + "\n" + std::string(indent, ' ') + "^" +
         std::string(static_cast<std::size_t>(columns) - 1, '~') + "\n";
}

}  // namespace

std::string render(const Diagnostic& diagnostic, std::string_view source) {
  const Mark& mark = diagnostic.mark;
  std::string text = printable(diagnostic.file);
  if (mark.line > 0) {
    text += ":" + std::to_string(mark.line) + ":" + std::to_string(std::max(mark.column, 1u));
  }
  text += std::string(": ") + name_of(diagnostic.severity) + ": ";
  text += printable(diagnostic.message) + "\n";
  if (mark.line > 0) {
    const std::string_view line = SourceText(source).line(mark.line);
    if (!line.empty()) text += excerpt(mark, line);
  }
  if (!diagnostic.hint.empty()) text += "  " + printable(diagnostic.hint) + "\n";
  return text;
}

}  // namespace weir::text
