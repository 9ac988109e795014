#include "stages/parse/pair_reader.h"

#include <algorithm>

#include "stages/parse/unescape.h"
#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

}  // namespace

void PairReader::fail(const std::string& message) const {
  throw Error(std::string(rules_.kind), message, false);
}

/// Returns where the next separator begins; the text's size if there is none.
std::size_t PairReader::separator_in(std::string_view text) const {
  const std::size_t at =
      rules_.blanks() ? text.find_first_of(kBlanks) : text.find(rules_.separator);
  return std::min(at, text.size());
}

void PairReader::skip_separators() {
  while (true) {
    left_.remove_prefix(std::min(left_.find_first_not_of(kBlanks), left_.size()));
    if (rules_.blanks() || !left_.starts_with(rules_.separator)) return;
    left_.remove_prefix(rules_.separator.size());
  }
}

bool PairReader::next(Pair& pair) {
  skip_separators();
  if (left_.empty()) return false;
  const std::size_t end = separator_in(left_);
  const std::size_t assign = left_.substr(0, end).find(rules_.assign);
  pair.bare = assign == left_.npos;
  pair.key = trimmed(left_.substr(0, pair.bare ? end : assign));
  if (pair.key.empty()) fail("expected a key before " + in_quotes(rules_.assign));
  left_.remove_prefix(pair.bare ? end : assign + rules_.assign.size());
  pair.value = {};
  if (pair.bare) return true;
  if (!rules_.blanks()) left_.remove_prefix(std::min(left_.find_first_not_of(" \t"), left_.size()));
  const bool in_quotes = rules_.quote != 0 && left_.starts_with(rules_.quote);
  pair.value = in_quotes ? quoted(pair.key) : bare();
  return true;
}

std::string_view PairReader::bare() {
  const std::size_t end = separator_in(left_);
  const std::string_view value = trimmed(left_.substr(0, end));
  left_.remove_prefix(end);
  return value;
}

/// Reads a value that begins with a quote.
std::string_view PairReader::quoted(std::string_view key) {
  bool escaped = false;
  std::size_t end = 1;
  for (; end < left_.size() && left_[end] != rules_.quote; ++end) {
    if (left_[end] != '\\') continue;
    escaped = true;
    ++end;
  }
  if (end >= left_.size()) fail("missing closing quote of " + in_quotes(key));
  const std::string_view value = left_.substr(1, end - 1);
  left_.remove_prefix(end + 1);
  if (!rules_.blanks()) left_.remove_prefix(std::min(left_.find_first_not_of(" \t"), left_.size()));
  if (!left_.empty() && separator_in(left_) != 0) {
    fail("expected " + in_quotes(rules_.separator) + " behind the closing quote of " +
         in_quotes(key) + ", got " + in_quotes(left_.substr(0, 1)));
  }
  return escaped ? unescaped(value, rules_.quote, record_) : value;
}

}  // namespace weir::stages::parse
