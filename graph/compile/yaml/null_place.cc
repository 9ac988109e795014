#include "graph/compile/yaml/null_place.h"

#include <algorithm>

namespace weir::compile {
namespace {

constexpr std::size_t npos = std::string_view::npos;

}  // namespace

std::string_view null_word(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(std::min(at, text.size()));
  for (std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (!rest.starts_with(word)) continue;
    const char next = rest.size() > word.size() ? rest[word.size()] : '\n';
    if (std::string_view(" \t\r\n,]}").find(next) != npos) return word;
  }
  return {};
}

Mark place_of_null_value(const text::SourceText& source, std::size_t key_end, const Mark& key) {
  const std::string_view text = source.text();
  const std::size_t at = text.find_first_not_of(": \t", key_end);
  if (at == npos || text[at] != '#') return key;
  return source.mark(at, source.line_end(at) - at);
}

Mark place_of_null_item(const text::SourceText& source, std::size_t next) {
  const std::string_view text = source.text();
  for (std::size_t line = source.line_begin(next);;) {
    const std::string_view content = text.substr(line, next - line);
    const std::size_t first = content.find_first_not_of(" \t\r\n");
    if (first != npos && content[first] == '-') {
      // In `- - x` the last dash is the item's. A comment may hold further dashes.
      const std::size_t comment = content.find('#');
      if (comment != npos) return source.mark(line + comment, source.line_end(line) - line);
      return source.mark(line + content.rfind('-'));
    }
    const bool passable = first == npos || content[first] == '#';
    if (!passable || line == 0) return source.mark(next);
    next = line - 1;
    line = source.line_begin(next);
  }
}

}  // namespace weir::compile
