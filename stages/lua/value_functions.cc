#include "stages/lua/value_functions.h"

#include <chrono>
#include <lua.hpp>

#include "stages/lua/guarded.h"
#include "stages/lua/json_functions.h"
#include "stages/lua/list_functions.h"
#include "stages/lua/uuid.h"
#include "weir/option_scalars.h"

namespace weir::stages::lua {
namespace {

int matches(lua_State* lua) {
  bool result = false;
  if (!lua_isnoneornil(lua, 1)) {
    const std::string_view text = text_argument(lua, 1, "matches");
    const std::string_view pattern = text_argument(lua, 2, "matches");
    guard(lua, nullptr, [&](Services& services) {
      if (services.patterns.matches(text, pattern, result)) return true;
      services.problem = "matches: " + services.patterns.problem();
      return false;
    });
  }
  lua_pushboolean(lua, result);
  return 1;
}

int extract(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  const std::string_view text = text_argument(lua, 1, "extract");
  const std::string_view pattern = text_argument(lua, 2, "extract");
  std::string_view found;
  guard(lua, nullptr, [&](Services& services) {
    if (services.patterns.extract(text, pattern, found)) return true;
    services.problem = "extract: " + services.patterns.problem();
    return false;
  });
  return found.data() ? push_text(lua, found) : push_nil(lua);
}

int replace(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  const std::string_view text = text_argument(lua, 1, "replace");
  const std::string_view pattern = text_argument(lua, 2, "replace");
  const std::string_view to = text_argument(lua, 3, "replace");
  guard(lua, nullptr, [&](Services& services) {
    if (services.patterns.replace(text, pattern, to, services.made)) return true;
    services.problem = "replace: " + services.patterns.problem();
    return false;
  });
  return push_made(lua);
}

Value value_argument(lua_State* lua, int index, const char* function) {
  if (lua_type(lua, index) == LUA_TNUMBER) return value_of_number(lua_tonumber(lua, index));
  return Value(text_argument(lua, index, function));
}

const TimeFormat* find_format(Services& services, std::string_view format, std::string_view zone,
                              bool write) {
  const TimeFormat* const found =
      services.times.find(format.empty() ? "auto" : format, zone, write);
  if (!found) services.problem = services.times.problem().message;
  return found;
}

int time(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  const Value value = value_argument(lua, 1, "time");
  const std::string_view format = optional_text(lua, 2, "time");
  const std::string_view zone = optional_text(lua, 3, "time");
  const std::string_view name = optional_text(lua, 4, "time");
  Instant found;
  guard(lua, "time", [&](Services& services) {
    const TimeFormat* const reader = find_format(services, format, zone, false);
    if (reader && reader->read(value, found)) return true;
    if (!reader) return false;
    services.problem = name.empty() ? "" : std::string(name) + ": ";
    services.problem += reader->problem(value);
    return false;
  });
  lua_pushnumber(
      lua, static_cast<double>(found.seconds) + static_cast<double>(found.nanoseconds) * 1e-9);
  return 1;
}

int format_time(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  const Value value = value_argument(lua, 1, "format_time");
  const std::string_view format = optional_text(lua, 2, "format_time");
  const std::string_view zone = optional_text(lua, 3, "format_time");
  Value written;
  guard(lua, "time", [&](Services& services) {
    const TimeFormat* const writer = find_format(services, format, zone, true);
    if (!writer) return false;
    Instant time;
    if (!TimeFormat().read(value, time)) {
      services.problem = TimeFormat().problem(value);
      return false;
    }
    written = writer->write(time, services.made);
    return true;
  });
  push_value(lua, written);
  return 1;
}

int now(lua_State* lua) {
  Services& services = state_of(lua).services();
  if (!services.now) {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    services.now = std::chrono::duration<double>(since_1970).count();
  }
  lua_pushnumber(lua, *services.now);
  return 1;
}

int duration(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  const std::string_view text = text_argument(lua, 1, "duration");
  double seconds = 0;
  guard(lua, nullptr, [&](Services& services) {
    services.problem = read_duration(text, seconds);
    return services.problem.empty();
  });
  lua_pushnumber(lua, seconds);
  return 1;
}

int hash(lua_State* lua) {
  if (lua_isnoneornil(lua, 1)) return push_nil(lua);
  const std::string_view text = text_argument(lua, 1, "hash");
  const std::string_view algorithm = optional_text(lua, 2, "hash");
  guard(lua, nullptr, [&](Services& services) {
    if (hex_digest(algorithm.empty() ? "sha256" : algorithm, text, services.made)) return true;
    services.problem = "hash: unknown algorithm " + in_quotes(algorithm);
    return false;
  });
  return push_made(lua);
}

int uuid(lua_State* lua) {
  if (lua_gettop(lua) > 0 && lua_isnil(lua, 1)) return push_nil(lua);
  const bool random = lua_gettop(lua) == 0;
  const std::string_view text = random ? std::string_view() : text_argument(lua, 1, "uuid");
  guard(lua, nullptr, [&](Services& services) {
    services.made = random ? random_uuid() : uuid_of(text);
    return true;
  });
  return push_made(lua);
}

}  // namespace

std::string read_duration(std::string_view text, double& seconds) {
  Duration found{};
  if (!OptionType<Duration>::parse_text(text, found)) {
    return "expected a duration such as 500ms or 1h30m, got " + in_quotes(text);
  }
  seconds = std::chrono::duration<double>(found).count();
  return {};
}

void push_value_functions(State& state) {
  constexpr luaL_Reg kFunctions[] = {{"matches", matches},
                                     {"extract", extract},
                                     {"replace", replace},
                                     {"time", time},
                                     {"now", now},
                                     {"format_time", format_time},
                                     {"duration", duration},
                                     {"json", read_json_value},
                                     {"to_json", write_json},
                                     {"size", count_elements},
                                     {"hash", hash},
                                     {"uuid", uuid},
                                     {"pieces", list_pieces},
                                     {"words", list_words}};
  lua_State* lua = state.get();
  lua_createtable(lua, 0, static_cast<int>(std::size(kFunctions)));
  for (const luaL_Reg& function : kFunctions) {
    lua_pushlightuserdata(lua, &state);
    lua_pushcclosure(lua, function.func, 1);
    lua_setfield(lua, -2, function.name);
  }
}

}  // namespace weir::stages::lua
