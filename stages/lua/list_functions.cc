#include "stages/lua/list_functions.h"

#include <algorithm>
#include <cstring>
#include <lua.hpp>
#include <string_view>

#include "stages/lua/guarded.h"

namespace weir::stages::lua {
namespace {

// A Lua error leaves the frames here in its own way, so nothing in them has a destructor.

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Returns where the separator begins; the text's size if there is none.
std::size_t find(std::string_view text, std::string_view separator) {
  if (text.empty()) return 0;
  const void* const found =
      separator.size() == 1 ? std::memchr(text.data(), separator[0], text.size())
                            : memmem(text.data(), text.size(), separator.data(), separator.size());
  return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data())
               : text.size();
}

/// Calls `each` with the pieces.
template <class Each>
void each_piece(std::string_view text, std::string_view separator, Each&& each) {
  for (;;) {
    const std::size_t size = find(text, separator);
    each(text.substr(0, size));
    if (size == text.size()) return;
    text.remove_prefix(size + separator.size());
  }
}

template <class Each>
void each_word(std::string_view text, Each&& each) {
  for (;;) {
    const char* const begin = std::find_if_not(text.begin(), text.end(), is_blank);
    const char* const end = std::find_if(begin, text.end(), is_blank);
    if (begin == end) return;
    each(std::string_view(begin, static_cast<std::size_t>(end - begin)));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
}

/// Pushes a list of what `all` calls its argument with.
template <class All>
int push_list(lua_State* lua, All&& all) {
  constexpr std::int64_t kStepsEach = 8;
  constexpr int kMostAtOnce = 1 << 20;
  std::int64_t count = 0;
  all([&](std::string_view) { ++count; });
  if (const char* problem = state_of(lua).meter().take(kStepsEach * count)) raise(lua, problem);
  lua_createtable(lua, static_cast<int>(std::min<std::int64_t>(count, kMostAtOnce)), 0);
  int index = 0;
  all([&](std::string_view text) {
    push_text(lua, text);
    lua_rawseti(lua, -2, ++index);
  });
  return 1;
}

}  // namespace

int list_pieces(lua_State* lua) {
  const std::string_view text = text_argument(lua, 1, "split");
  const std::string_view separator = text_argument(lua, 2, "split");
  return push_list(lua, [&](auto&& each) { each_piece(text, separator, each); });
}

int list_words(lua_State* lua) {
  const std::string_view text = text_argument(lua, 1, "words");
  return push_list(lua, [&](auto&& each) { each_word(text, each); });
}

}  // namespace weir::stages::lua
