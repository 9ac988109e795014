#include "graph/spec/scalar_place.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t closing_quote(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return at;
      ++at;
    }
  }
  return npos;
}

/// The end of a plain scalar: its value, with any blanks and line breaks for the value's.
std::size_t plain_end(std::string_view text, std::size_t begin, std::string_view value) {
  std::size_t at = begin;
  for (char c : value) {
    if (is_space(c)) {
      while (at < text.size() && is_space(text[at])) ++at;
    } else if (at < text.size() && text[at] == c) {
      ++at;
    } else {
      return std::min(text.find_first_of("\r\n", begin), text.size());
    }
  }
  return at;
}

/// Byte `offset` of a literal block's text; npos if the source does not show it plainly.
std::size_t offset_in_literal(const SourceText& source, const Node& scalar, std::size_t offset) {
  const std::string_view before = std::string_view(scalar.text).substr(0, offset);
  const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view wanted =
      std::string_view(scalar.text).substr(begin, scalar.text.find('\n', begin) - begin);
  const std::uint32_t number = scalar.mark.line + 1 + lines;
  const std::string_view line = source.line(number);
  if (wanted.empty() || !line.ends_with(wanted)) return npos;
  const std::size_t indent = line.size() - wanted.size();
  if (line.find_first_not_of(' ') < indent) return npos;
  return source.offset({number, 1, 0}) + indent + (offset - begin);
}

}  // namespace

ScalarPlace locate_scalar(std::string_view text, std::size_t begin, std::string_view value) {
  using Style = ScalarPlace::Style;
  const char first = begin < text.size() ? text[begin] : '\0';
  if (first == '"' || first == '\'') {
    const std::size_t end = closing_quote(text, begin);
    return {first == '"' ? Style::double_quoted : Style::single_quoted, begin,
            end == npos ? text.size() : end + 1, end != npos};
  }
  if (first == '|' || first == '>') {
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    return {Style::block, begin, end, true};
  }
  return {Style::plain, begin, plain_end(text, begin, value), true};
}

std::size_t skip_properties(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == '&' || text[at] == '!')) {
    std::size_t next = std::min(text.find_first_of(" \t\r\n,]}", at), text.size());
    while (next < text.size() && is_space(text[next])) ++next;
    at = next;
  }
  return at;
}

Mark mark_in_scalar(const SourceText& source, const Node& scalar, std::size_t offset,
                    std::size_t length) {
  if (scalar.shape != Node::Shape::scalar || offset > scalar.text.size()) return scalar.mark;
  const std::string_view text = source.text();
  const std::size_t begin = source.offset(scalar.mark);
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with('|')) {
    const std::size_t at = offset_in_literal(source, scalar, offset);
    return at == npos ? scalar.mark : source.mark(at, length);
  }
  const bool in_quotes = rest.starts_with('"') || rest.starts_with('\'');
  const std::size_t first = begin + (in_quotes ? 1 : 0);
  if (text.substr(first, scalar.text.size()) != scalar.text) return scalar.mark;
  return source.mark(first + offset, length);
}

std::size_t comment_behind(const SourceText& source, const Node& scalar) {
  if (scalar.shape != Node::Shape::scalar || scalar.quoted) return npos;
  const std::string_view text = source.text();
  const std::size_t begin = source.offset(scalar.mark);
  if (begin >= text.size()) return npos;
  if (text[begin] == '#') return begin;
  std::size_t at = std::min(begin + scalar.mark.length, text.size());
  const std::size_t end = at;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at > end && at < text.size() && text[at] == '#' ? at : npos;
}

}  // namespace weir
