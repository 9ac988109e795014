#include "runtime/inline/inline_scan.h"

#include <algorithm>

namespace weir::cli {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

/// Returns the offset after the quoted text that begins at `begin`; npos if nothing closes it. A
/// backslash escapes the next character, as in Lua and in patterns.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[begin]) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

/// Calls `body(offset)` for every character outside quotes and brackets.
template <class Body>
void each_outside(std::string_view text, Body body) {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"') {
      i = std::min(end_of_quoted(text, i), text.size()) - 1;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      if (depth > 0) --depth;
    } else if (depth == 0) {
      body(i);
    }
  }
}

}  // namespace

ScanProblem check_pairs(std::string_view text) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"') {
      const std::size_t end = end_of_quoted(text, i);
      if (end == text.npos) return {i, std::string("missing closing quote ") + c};
      i = end - 1;
    } else if (c == '(' || c == '[' || c == '{') {
      open.push_back(i);
    } else if (c == ')' || c == ']' || c == '}') {
      if (open.empty() || closing(text[open.back()]) != c) {
        return {i, std::string("'") + c + "' closes nothing"};
      }
      open.pop_back();
    }
  }
  if (open.empty()) return {};
  return {open.back(), std::string("missing '") + closing(text[open.back()]) + "'"};
}

std::vector<std::string_view> split_outside(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  std::size_t doubled = text.npos;
  each_outside(text, [&](std::size_t i) {
    if (text[i] != separator || i == doubled) return;
    if (separator == '|' && i + 1 < text.size() && text[i + 1] == '|') {
      doubled = i + 1;
      return;
    }
    pieces.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  });
  pieces.push_back(trimmed(text.substr(begin)));
  return pieces;
}

std::vector<std::string_view> words_outside(std::string_view text) {
  std::vector<std::size_t> gaps;
  each_outside(text, [&](std::size_t i) {
    if (kSpace.find(text[i]) != kSpace.npos) gaps.push_back(i);
  });
  gaps.push_back(text.size());
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (const std::size_t gap : gaps) {
    if (gap > begin) words.push_back(text.substr(begin, gap - begin));
    begin = gap + 1;
  }
  return words;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return text.substr(text.size());
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_quoted(std::string_view text, std::string_view& inside) {
  if (text.size() < 2 || (text[0] != '\'' && text[0] != '"')) return false;
  if (end_of_quoted(text, 0) != text.size()) return false;
  inside = text.substr(1, text.size() - 2);
  return true;
}

}  // namespace weir::cli
