#include "stages/lua/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

#include "weir/in_quotes.h"

namespace weir::stages::lua {
namespace {

constexpr std::array<std::string_view, 22> kKeywords = {
    "and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
    "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
    "repeat",   "return", "then", "true", "until",  "while"};

/// Operators of other languages, and what Lua has for them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kForeign = {{
    {"!=", "write '~=' for 'not equal'"},
    {"<>", "write '~=' for 'not equal'"},
    {"&&", "write 'and'"},
    {"||", "write 'or'"},
    {"!", "write 'not'"},
    {"?", "write 'condition and a or b'"},
    {"|", "write 'or'"},
    {"&", "write 'and'"},
}};

constexpr std::array<std::string_view, 27> kSymbols = {
    "...", "..", "==", "~=", "<=", ">=", "::", "<", ">", "=", "+", "-", "*", "/",
    "%",   "^",  "#",  "(",  ")",  "{",  "}",  "[", "]", ";", ":", ",", "."};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

bool is_keyword(std::string_view word) {
  return std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end();
}

std::string quote_lua(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\%03d", c);
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + '"';
}

Token Lexer::next() {
  Token token = lex();
  after_dot_ = after_name_ && token.is(".");
  after_name_ = token.kind == TokenKind::name || token.is("]");
  return token;
}

Token Lexer::lex() {
  skip_blank();
  if (at_ >= source_.size()) return make(TokenKind::end, 0);
  const char c = source_[at_];
  const bool fraction = c == '.' && !after_name_ && is_digit(at(at_ + 1));
  if (!after_dot_ && (is_digit(c) || fraction)) {
    return number();
  }
  if (is_word(c)) {
    std::size_t size = 1;
    while (is_word(at(at_ + size))) ++size;
    const bool reserved = !after_dot_ && is_keyword(source_.substr(at_, size));
    return make(reserved ? TokenKind::keyword : TokenKind::name, size);
  }
  if (c == '"' || c == '\'') return text();
  if (c == '[' && long_bracket(at_) != std::string_view::npos) return long_text(long_bracket(at_));
  return symbol();
}

void Lexer::skip_blank() {
  for (;;) {
    while (at_ < source_.size() &&
           (source_[at_] == ' ' || (source_[at_] >= 9 && source_[at_] <= 13))) {
      ++at_;
    }
    if (source_.substr(at_, 2) != "--") return;
    const std::size_t level = long_bracket(at_ + 2);
    if (level == std::string_view::npos) {
      at_ = std::min(source_.find('\n', at_), source_.size());
    } else {
      const std::string closing = "]" + std::string(level, '=') + "]";
      const std::size_t found = source_.find(closing, at_);
      at_ = found == std::string_view::npos ? source_.size() : found + closing.size();
    }
  }
}

std::size_t Lexer::long_bracket(std::size_t from) const {
  if (at(from) != '[') return std::string_view::npos;
  std::size_t level = 0;
  while (at(from + 1 + level) == '=') ++level;
  return at(from + 1 + level) == '[' ? level : std::string_view::npos;
}

Token Lexer::make(TokenKind kind, std::size_t size) {
  Token token;
  token.kind = kind;
  token.offset = at_;
  token.source = source_.substr(at_, size);
  at_ += size;
  return token;
}

Token Lexer::mistake(std::size_t offset, std::string message, std::string hint) {
  at_ = source_.size();
  Token token;
  token.kind = TokenKind::mistake;
  token.offset = offset;
  token.source = source_.substr(offset, 1);
  token.value = std::move(message);
  token.hint = std::move(hint);
  return token;
}

Token Lexer::number() {
  // As Lua does, it takes all that may be part of a number, then checks whether it is one.
  std::size_t size = 0;
  while (is_word(at(at_ + size)) || at(at_ + size) == '.' ||
         ((at(at_ + size) == '+' || at(at_ + size) == '-') && size > 0 &&
          (at(at_ + size - 1) | 0x20) == 'e' && at(at_ + 1) != 'x' && at(at_ + 1) != 'X')) {
    ++size;
  }
  const std::string digits(source_.substr(at_, size));
  const bool hex = digits.size() > 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x';
  const char* begin = digits.data() + (hex ? 2 : 0);
  double value = 0;
  const auto [end, code] =
      std::from_chars(begin, digits.data() + digits.size(), value,
                      hex ? std::chars_format::hex : std::chars_format::general);
  if (code != std::errc() || end != digits.data() + digits.size()) {
    return mistake(at_, "expected a number, got " + in_quotes(digits));
  }
  return make(TokenKind::number, size);
}

Token Lexer::text() {
  const std::size_t begin = at_;
  const char quote = source_[at_];
  std::string value;
  for (std::size_t i = at_ + 1; i < source_.size(); ++i) {
    if (source_[i] == quote) {
      Token token = make(TokenKind::text, i + 1 - at_);
      token.value = std::move(value);
      return token;
    }
    if (source_[i] == '\n') break;
    if (source_[i] != '\\') {
      value += source_[i];
    } else if (!escape(value, ++i)) {
      return mistake(i - 1, "expected an escape, got '\\" + std::string(1, at(i)) + "'",
                     "write '\\\\' for a backslash");
    }
  }
  return mistake(begin, "a text without its closing quote");
}

/// Reads one escape. `i` is at the character after the backslash; on return it is at the escape's
/// last one.
bool Lexer::escape(std::string& value, std::size_t& i) {
  constexpr std::string_view kLetters = "abfnrtv\\\"'";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"'";
  const std::size_t letter =
      i < source_.size() ? kLetters.find(source_[i]) : std::string_view::npos;
  if (letter != std::string_view::npos) {
    value += kMeanings[letter];
    return true;
  }
  const bool hex = at(i) == 'x';
  const char* begin = source_.data() + std::min(i + (hex ? 1 : 0), source_.size());
  const char* limit = source_.data() + source_.size();
  unsigned code = 0;
  const auto [end, problem] =
      std::from_chars(begin, std::min(begin + (hex ? 2 : 3), limit), code, hex ? 16 : 10);
  if (problem != std::errc() || code > 255 || (hex && end != begin + 2)) return false;
  value += static_cast<char>(code);
  i = static_cast<std::size_t>(end - source_.data()) - 1;
  return true;
}

Token Lexer::long_text(std::size_t level) {
  const std::string closing = "]" + std::string(level, '=') + "]";
  const std::size_t begin = at_ + level + 2;
  const std::size_t end = source_.find(closing, begin);
  if (end == std::string_view::npos) {
    return mistake(at_, "a text without its " + in_quotes(closing));
  }
  Token token = make(TokenKind::text, end + closing.size() - at_);
  std::string_view value = source_.substr(begin, end - begin);
  if (value.starts_with('\n')) value.remove_prefix(1);
  token.value = value;
  return token;
}

/// Returns what to write for a character that Lua does not know: quotes that are straight, or a
/// field in quotes if it is in a word.
std::string Lexer::hint_for(std::string_view character) const {
  if (character == "\xc2\xa0") return "write a plain blank";
  if (character.starts_with("\xe2\x80")) {  // Dashes, quotes and other signs.
    const auto last = static_cast<unsigned char>(character.back());
    return last >= 0x98 && last <= 0x9f ? "quotes are ' and \"" : "";
  }
  if (static_cast<unsigned char>(character.front()) < 0x80) return {};
  const auto belongs = [](char c) { return is_word(c) || static_cast<unsigned char>(c) >= 0x80; };
  std::size_t begin = at_;
  std::size_t end = at_;
  while (begin > 0 && belongs(source_[begin - 1])) --begin;
  while (end < source_.size() && belongs(source_[end])) ++end;
  return "a field of that name is fields[\"" + std::string(source_.substr(begin, end - begin)) +
         "\"]";
}

Token Lexer::symbol() {
  const std::string_view rest = source_.substr(at_);
  for (const auto& [written, hint] : kForeign) {
    if (rest.starts_with(written)) {
      return mistake(at_, "unknown operator " + in_quotes(written), std::string(hint));
    }
  }
  for (const std::string_view written : kSymbols) {
    if (!written.empty() && rest.starts_with(written))
      return make(TokenKind::symbol, written.size());
  }
  std::size_t size = 1;  // The size of the UTF-8 character.
  while (size < rest.size() && (rest[size] & 0xc0) == 0x80) ++size;
  const std::string_view character = rest.substr(0, size);
  return mistake(at_, "unknown character " + in_quotes(character), hint_for(character));
}

}  // namespace weir::stages::lua
