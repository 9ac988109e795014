#include "stages/parse/pair_reader.h"

#include <algorithm>

#include "stages/parse/unescape.h"
#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::parse {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Skips what may stand around an assignment and a closing quote.
void skip_gap(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

std::string_view trimmed(std::string_view text) {
  skip_blanks(text);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

PairEnds::PairEnds(const PairRules& rules) : rules_(rules) {
  begins_[byte(rules.assign[0])] |= kAssign;
  for (const char c : rules.blanks() ? kBlanks : std::string_view(rules.separator).substr(0, 1)) {
    begins_[byte(c)] |= kSeparator;
  }
}

bool PairEnds::separator_at(std::string_view text, std::size_t at) const {
  return (begins_[byte(text[at])] & kSeparator) != 0 &&
         (rules_.separator.size() == 1 || text.substr(at).starts_with(rules_.separator));
}

/// Returns whether `assign` stands there, and no separator begins in it.
bool PairEnds::assign_at(std::string_view text, std::size_t at) const {
  const std::size_t size = rules_.assign.size();
  if (size > 1 && !text.substr(at).starts_with(rules_.assign)) return false;
  for (std::size_t i = at + 1; i < at + size; ++i) {
    if (separator_at(text, i)) return false;
  }
  return true;
}

std::size_t PairEnds::separator_in(std::string_view text) const {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((begins_[byte(text[at])] & kSeparator) != 0 && separator_at(text, at)) return at;
  }
  return text.size();
}

std::size_t PairEnds::key_in(std::string_view text, bool& bare) const {
  bare = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::uint8_t begins = begins_[byte(text[at])];
    if (begins == kNothing) continue;
    if ((begins & kSeparator) != 0 && separator_at(text, at)) {
      bare = true;
      return at;
    }
    if ((begins & kAssign) != 0 && assign_at(text, at)) return at;
  }
  bare = true;
  return text.size();
}

void PairReader::fail(const std::string& message) const {
  throw Error(std::string(rules_.kind), message, false);
}

void PairReader::skip_separators() {
  while (true) {
    skip_blanks(left_);
    if (rules_.blanks() || !left_.starts_with(rules_.separator)) return;
    left_.remove_prefix(rules_.separator.size());
  }
}

bool PairReader::next(Pair& pair) {
  skip_separators();
  if (left_.empty()) return false;
  const std::size_t end = ends_.key_in(left_, pair.bare);
  pair.key = trimmed(left_.substr(0, end));
  if (pair.key.empty()) fail("expected a key before " + in_quotes(rules_.assign));
  left_.remove_prefix(pair.bare ? end : end + rules_.assign.size());
  pair.value = {};
  if (pair.bare) return true;
  if (!rules_.blanks()) skip_gap(left_);
  const bool in_quotes = rules_.quote != 0 && left_.starts_with(rules_.quote);
  pair.value = in_quotes ? quoted(pair.key) : bare();
  return true;
}

std::string_view PairReader::bare() {
  const std::size_t end = ends_.separator_in(left_);
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
  if (!rules_.blanks()) skip_gap(left_);
  if (!left_.empty() && ends_.separator_in(left_) != 0) {
    fail("expected " + in_quotes(rules_.separator) + " behind the closing quote of " +
         in_quotes(key) + ", got " + in_quotes(left_.substr(0, 1)));
  }
  return escaped ? unescaped(value, rules_.quote, record_) : value;
}

}  // namespace weir::stages::parse
