// Tells from the words of a chunk of Lua what it needs of its records and does to them. The check
// of kinds along the edges has to know that before anything runs.

#include <vector>

#include "stages/lua/lexer.h"
#include "stages/lua/lua_stage.h"

namespace weir::stages::lua {
namespace {

using lua::Token;
using lua::TokenKind;

std::vector<Token> tokens_of(const LuaOptions& options) {
  std::vector<Token> tokens;
  for (const LuaCode* code : {&options.init, &options.code}) {
    lua::Lexer lexer(code->text());
    do {
      tokens.push_back(lexer.next());
    } while (tokens.back().kind != TokenKind::end && tokens.back().kind != TokenKind::mistake);
  }
  // Room to look ahead.
  tokens.resize(tokens.size() + 3);
  return tokens;
}

/// Returns the token behind `fields.name` or `fields[...]`, whose `fields` is at `at`.
std::size_t behind_field(const std::vector<Token>& tokens, std::size_t at) {
  if (tokens[at + 1].is(".")) return at + 3;
  if (!tokens[at + 1].is("[")) return at + 1;
  int depth = 0;
  for (std::size_t i = at + 1; i + 3 < tokens.size(); ++i) {
    if (tokens[i].is("[")) ++depth;
    if (tokens[i].is("]") && --depth == 0) return i + 1;
  }
  return at + 1;
}

/// Returns whether the `record` at `at` may stand for `record.line`. Only a part that is written
/// there can be known to be another one.
bool may_name_line(const std::vector<Token>& tokens, std::size_t at) {
  if (at > 0 && (tokens[at - 1].is(".") || tokens[at - 1].is(":"))) return false;
  if (tokens[at + 1].is(".")) return tokens[at + 2].source == "line";
  const bool known = tokens[at + 1].is("[") && tokens[at + 2].kind == TokenKind::text;
  return !known || tokens[at + 2].value == "line";
}

}  // namespace

Kinds LuaStage::kinds(const LuaOptions& options) {
  const std::vector<Token> tokens = tokens_of(options);
  Kinds kinds;
  bool writes_fields = false;
  bool reads_fields = false;
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind != TokenKind::name) continue;
    if (token.source == "record" && may_name_line(tokens, i)) kinds.names_line = true;
    const bool part = i > 0 && (tokens[i - 1].is(".") || tokens[i - 1].is(":"));
    if (token.source == "text" && part && i > 1 && tokens[i - 2].source == "record") {
      kinds.names_text = true;
    } else if (part || (i > 0 && tokens[i - 1].is("local"))) {
      continue;
    } else if (token.source == "text") {
      (tokens[i + 1].is("=") ? kinds.gives_text : kinds.names_text) = true;
    } else if (token.source == "fields") {
      (tokens[behind_field(tokens, i)].is("=") ? writes_fields : reads_fields) = true;
    } else if (token.source == "emit") {
      const Token& first = tokens[i + 1].is("(") ? tokens[i + 2] : tokens[i + 1];
      if (first.is("{")) kinds.gives_fields = true;
      if (first.kind == TokenKind::text || first.kind == TokenKind::name) kinds.gives_text = true;
    }
  }
  kinds.needs_fields = reads_fields && !kinds.names_text;
  kinds.gives_fields = kinds.gives_fields || writes_fields;
  kinds.changes_fields = writes_fields && !kinds.gives_text;
  return kinds;
}

bool LuaStage::by_clock(const LuaOptions& options) {
  const std::vector<Token> tokens = tokens_of(options);
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i) {
    const bool part = i > 0 && (tokens[i - 1].is(".") || tokens[i - 1].is(":"));
    if (tokens[i].kind != TokenKind::name || part || !tokens[i + 1].is("(")) continue;
    if (tokens[i].source == "now") return true;
    if (tokens[i].source == "uuid" && tokens[i + 2].is(")")) return true;
  }
  return false;
}

}  // namespace weir::stages::lua
