#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::lua {

/// What a token of Lua is.
enum class TokenKind { end, name, keyword, number, text, symbol, mistake };

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t offset = 0;   ///< Its first byte in the source.
  std::string_view source;  ///< As written.
  std::string value;        ///< Of a text: what it stands for. Of a mistake: what is wrong.
  std::string hint;         ///< Of a mistake.

  bool is(std::string_view written) const {
    return source == written && (kind == TokenKind::symbol || kind == TokenKind::keyword);
  }
};

/// Cuts Lua source into tokens; white space and comments are left out. One thing is not Lua: a
/// number behind `name.` is a name, so that `tags.0` is a path like any other.
class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}
  /// The next token; `end` for ever behind the last one and behind a mistake.
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
  bool escape(std::string& value, std::size_t& at);
  /// The level of a long bracket that opens at `at`, or npos.
  std::size_t long_bracket(std::size_t at) const;
  char at(std::size_t offset) const { return offset < source_.size() ? source_[offset] : '\0'; }

  std::string_view source_;
  std::size_t at_ = 0;
  bool after_name_ = false;  ///< A `.` now is a step of a path.
  bool after_dot_ = false;
};

/// Whether `word` is one of Lua's own.
bool is_keyword(std::string_view word);

/// `text` as a text of Lua source.
std::string quote_lua(std::string_view text);

}  // namespace weir::lua
