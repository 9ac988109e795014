#pragma once

struct lua_State;

namespace weir::stages::lua {

/// `pieces(text, separator)`, of Lua: the pieces of a text between separators, which are not empty.
int list_pieces(lua_State* lua);
/// `words(text)`, of Lua: what stands between blanks.
int list_words(lua_State* lua);

}  // namespace weir::stages::lua
