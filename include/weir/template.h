#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/field.h"

namespace weir {

/// A text with fields in braces: `{time} {path}`. `{{` and `}}` are literal braces, `{record.text}`
/// is the record's text. Parsed once.
class Template {
 public:
  /// A literal, followed by the value of `field` (none if it is empty) or, for `text`, by the
  /// record's text.
  struct Piece {
    std::string literal;
    Field field;
    bool text = false;
  };

  Template() = default;

  /// The place and reason why a text is no template; the message is empty if it is one.
  struct Problem {
    std::size_t offset = 0;
    std::string message;
  };
  static Problem parse(std::string_view text, Template& out) {
    Template result;
    result.source_ = text;
    std::string literal;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
        literal += c;
        ++i;
      } else if (c == '}') {
        return {i, "'}' without '{'; write '}}' for a brace"};
      } else if (c == '{') {
        const std::size_t end = text.find('}', i);
        if (end == std::string_view::npos) return {i, "'{' without '}'; write '{{' for a brace"};
        const std::string_view name = text.substr(i + 1, end - i - 1);
        if (name.empty()) return {i, "expected a field between '{' and '}', got nothing"};
        const std::size_t inner = name.find('{');
        if (inner != std::string_view::npos) {
          return {i + 1 + inner, "'{' inside '{...}'; write '{{' for a brace"};
        }
        const bool is_text = name == "record.text";
        if (!is_text && (name == "record" || name.starts_with("record."))) {
          return {i + 1, "expected 'record.text' or a field, got '" + std::string(name) + "'"};
        }
        result.pieces_.push_back(
            {std::move(literal), is_text ? Field() : Field(std::string(name)), is_text});
        literal.clear();
        i = end;
      } else {
        literal += c;
      }
    }
    if (!literal.empty() || result.pieces_.empty()) {
      result.pieces_.push_back({std::move(literal), Field(), false});
    }
    out = std::move(result);
    return {};
  }

  const std::string& source() const { return source_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::string source_;
  std::vector<Piece> pieces_;
};

}  // namespace weir
