#include "graph/compile/yaml/scalar_place.h"

#include <algorithm>

namespace weir::compile {
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

/// Returns the end of a plain scalar. The source holds its value, with any run of blanks and line
/// breaks for each blank of the value.
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

/// A range of bytes in Node::written.
struct Written {
  std::size_t offset = 0;
  std::size_t length = 1;
};

/// Returns the range of Node::written for `length` bytes of the text from `offset` on. For text
/// that a `${...}` put in, that is the whole `${...}`.
Written as_written(const Node& scalar, std::size_t offset, std::size_t length) {
  const std::string_view written = scalar.written;
  std::size_t at = 0;
  std::size_t text = 0;
  const auto skip_to = [&](std::size_t end) {
    while (text < end) {
      if (written.substr(at, 3) == "$${") ++at;  // `$${` is `${` in the text.
      ++at;
      ++text;
    }
  };
  for (const Insert& insert : scalar.inserts) {
    if (offset < insert.begin) break;
    const std::size_t end = insert.begin + insert.size;
    const bool at_the_end = offset == end && end == scalar.text.size();
    if (offset == insert.begin || offset < end || at_the_end) {
      return {insert.written_begin, insert.written_size};
    }
    at = insert.written_begin + insert.written_size;
    text = end;
  }
  skip_to(offset);
  return {at, length};
}

/// Returns the offset in the source of byte `offset` of a literal block's `text`; npos if the
/// source does not hold the text unchanged.
std::size_t offset_in_literal(const text::SourceText& source, const Mark& mark,
                              std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view wanted = text.substr(begin, text.find('\n', begin) - begin);
  const std::uint32_t number = mark.line + 1 + lines;
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

Mark mark_in_scalar(const text::SourceText& source, const Node& scalar, std::size_t offset,
                    std::size_t length) {
  if (scalar.shape != Node::Shape::scalar || offset > scalar.text.size()) return scalar.mark;
  std::string_view value = scalar.text;
  if (!scalar.written.empty()) {
    value = scalar.written;
    const Written place = as_written(scalar, offset, length);
    offset = place.offset;
    length = place.length;
  }
  const std::string_view text = source.text();
  const std::size_t begin = source.offset(scalar.mark);
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with('|')) {
    const std::size_t at = offset_in_literal(source, scalar.mark, value, offset);
    return at == npos ? scalar.mark : source.mark(at, length);
  }
  const bool in_quotes = rest.starts_with('"') || rest.starts_with('\'');
  const std::size_t first = begin + (in_quotes ? 1 : 0);
  if (text.substr(first, value.size()) != value) return scalar.mark;
  return source.mark(first + offset, length);
}

std::size_t comment_behind(const text::SourceText& source, const Node& scalar) {
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

}  // namespace weir::compile
