#include "stages/lua/values.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "stages/lua/lexer.h"

namespace weir::stages::lua {
namespace {

/// The largest integer up to which Lua's numbers, which are doubles, are exact.
constexpr double kMostExact = 9007199254740992.0;

/// Returns `text` as it is written inside quotes of either kind.
std::string escaped(std::string_view text) {
  std::string out = quote_lua(text);
  out = out.substr(1, out.size() - 2);
  for (std::size_t at = out.find('\''); at != out.npos; at = out.find('\'', at + 2)) {
    out.insert(at, 1, '\\');
  }
  return out;
}

}  // namespace

void Values::code(std::string_view piece) {
  for (const char c : piece) step(c);
}

void Values::step(char c) {
  switch (place_) {
    case Place::dash:
      place_ = c == '-' ? Place::comment : Place::code;
      comment_begins_ = c == '-';
      if (c == '-') return;
      break;
    case Place::bracket:
      if (c == '=') return void(++level_);
      place_ = Place::code;
      if (c == '[') {
        place_ = Place::long_text;
        closing_ = 0;
        return;
      }
      break;
    case Place::gap:
      if (std::isspace(static_cast<unsigned char>(c))) return;
      place_ = Place::quoted;
      [[fallthrough]];
    case Place::quoted:
      if (c == '\\') place_ = Place::escape;
      if (c == quote_ || c == '\n') place_ = Place::code;
      if (c == '\r') place_ = Place::lost;
      return;
    case Place::escape:
      place_ = c == 'z' ? Place::gap : c == '\r' ? Place::lost : Place::quoted;
      return;
    case Place::lost:
      return;
    case Place::comment:
      if (c == '[' && comment_begins_) {
        place_ = Place::comment_bracket;
        level_ = 0;
      }
      comment_begins_ = false;
      if (c == '\n' || c == '\r') place_ = Place::code;
      return;
    case Place::comment_bracket:
      if (c == '=') return void(++level_);
      place_ = c == '['                 ? Place::long_comment
               : c == '\n' || c == '\r' ? Place::code
                                        : Place::comment;
      closing_ = 0;
      return;
    case Place::long_text:
    case Place::long_comment:
      return step_long(c);
    case Place::code:
      break;
  }
  if (c == '\'' || c == '"') {
    place_ = Place::quoted;
    quote_ = c;
  } else if (c == '-') {
    place_ = Place::dash;
  } else if (c == '[') {
    place_ = Place::bracket;
    level_ = 0;
  }
}

/// Looks for the end of a long bracket: `]`, as many `=` as it has, `]`.
void Values::step_long(char c) {
  if (c == ']' && closing_ == level_ + 1) {
    place_ = Place::code;
  } else if (c == ']') {
    closing_ = 1;
  } else if (c == '=' && closing_ > 0 && closing_ <= level_) {
    ++closing_;
  } else {
    closing_ = 0;
  }
}

bool Values::value(const Insert& insert, std::string_view value, std::string& out) {
  switch (place_) {
    case Place::gap:
      place_ = Place::quoted;
      [[fallthrough]];
    case Place::quoted:
      out += escaped(value);
      return true;
    case Place::lost:
      return refuse("expected no carriage return in the text before '" + insert.shown() + "'");
    case Place::escape:
      return refuse("expected no backslash before '" + insert.shown() + "'");
    case Place::long_text:
      if (closing_ > 0 || value.find_first_of("]\r\n") != value.npos) {
        return refuse("'" + insert.shown() + "' cannot stand inside of a long bracket",
                      "write it in quotes: its value might end the bracket");
      }
      out += value;
      return true;
    case Place::comment:
    case Place::comment_bracket:
      place_ = Place::comment;
      comment_begins_ = false;
      out += ' ';
      return true;
    case Place::long_comment:
      closing_ = 0;
      out += ' ';
      return true;
    default:
      place_ = Place::code;
      return constant(insert, value, out);
  }
}

/// Writes a value as a constant. Blanks keep it apart from its neighbours, and brackets keep a
/// minus apart from a power.
bool Values::constant(const Insert& insert, std::string_view value, std::string& out) {
  if (insert.kind == Insert::Kind::expression) {
    return refuse("'" + insert.shown() + "' is an expression, and stands alone",
                  "make the whole expression the param's value");
  }
  if (insert.kind == Insert::Kind::number) {
    double number = 0;
    const std::string& digits = insert.constant;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (std::abs(number) > kMostExact && digits.find_first_of(".e") == digits.npos) {
      return refuse("expected a number of at most 2^53, got '" + digits + "'");
    }
    out += digits.starts_with('-') ? " (" + digits + ") " : " " + digits + " ";
  } else if (insert.kind == Insert::Kind::boolean) {
    out += " " + insert.constant + " ";
  } else {
    texts_.push_back({out.size() + 1, &insert});
    out += " " + quote_lua(value) + " ";
  }
  return true;
}

bool Values::refuse(std::string message, std::string advice) {
  problem = std::move(message);
  hint = std::move(advice);
  return false;
}

}  // namespace weir::stages::lua
