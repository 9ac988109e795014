#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::stages::lua {

/// The kind of a token of Lua.
enum class TokenKind { end, name, keyword, number, text, symbol, mistake };

/// A token of Lua, as it stands in the source.
struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t offset = 0;   ///< The offset of its first byte in the source.
  std::string_view source;  ///< As written.
  std::string value;        ///< For a text, what it stands for; for a mistake, what is wrong.
  std::string hint;         ///< For a mistake.

  bool is(std::string_view written) const {
    return source == written && (kind == TokenKind::symbol || kind == TokenKind::keyword);
  }
};

/// Splits Lua source into tokens, without white space and comments. One thing is not Lua: a number
/// after `name.` is a name, so that `tags.0` is a path like any other.
class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}
  /// Returns the next token. After the last one, and after a mistake, it returns `end` for ever.
  Token next();

 private:
  Token lex();
  void skip_blank();
  Token make(TokenKind kind, std::size_t size);
  Token mistake(std::size_t offset, std::string message, std::string hint = {});
  Token number();
  Token text();
  Token long_text(std::size_t level);
  Token symbol();
  std::string hint_for(std::string_view character) const;
  bool escape(std::string& value, std::size_t& at);
  /// Returns the level of a long bracket that opens at `at`, or npos.
  std::size_t long_bracket(std::size_t at) const;
  char at(std::size_t offset) const { return offset < source_.size() ? source_[offset] : '\0'; }

  std::string_view source_;
  std::size_t at_ = 0;
  bool after_name_ = false;  ///< True if a `.` now is a step of a path.
  bool after_dot_ = false;
};

/// Returns whether `word` is a keyword of Lua.
bool is_keyword(std::string_view word);

/// Returns `text` as a text literal of Lua source.
std::string quote_lua(std::string_view text);

}  // namespace weir::stages::lua
