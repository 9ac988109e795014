// The functions that Lua code of records may call, and its comparisons. A state has them once.

#include <lua.hpp>

#include "stages/lua/lua_state.h"
#include "stages/lua/metered_functions.h"
#include "stages/lua/value_functions.h"

namespace weir::stages::lua {
namespace {

// Comparisons are calls, which LuaJIT compiles into the code around them. A number is compared with
// a number and a text with a text, an order with nil is false, and all else is an error that says
// what is compared. `string.dump` is removed, since it would give bytecode. So is `math.random`:
// like the order of `pairs`, it differs from run to run, and so would an output.
constexpr const char* kPrelude = R"lua(
local values = ...
local type, error, format, tostring, tonumber = type, error, string.format, tostring, tonumber
local getmetatable, setmetatable, select = getmetatable, setmetatable, select
local find, sub = string.find, string.sub

local function describe(value, name)
  local kind = type(value)
  if kind == "string" then
    if #value > 20 then value = sub(value, 1, 20) .. "..." end
    kind = "text '" .. value .. "'"
  elseif kind == "number" then
    kind = "number " .. tostring(value)
  elseif kind == "userdata" then
    kind = "a nested value"
  elseif kind ~= "boolean" and kind ~= "nil" then
    kind = "a " .. kind
  end
  return name and name .. " (" .. kind .. ")" or kind
end

local function mismatch(a, b, name_a, name_b)
  local message = "cannot compare " .. describe(a, name_a) .. " with " .. describe(b, name_b)
  local text = type(a) == "string" and name_a or type(b) == "string" and name_b
  local field = text and (type(a) == "number" or type(b) == "number") and
      string.match(text, "^field '(.*)'$")
  if field then
    message = message .. ": 'types: { " .. field .. ": number }' where it is parsed makes it " ..
        "a number, and so does tonumber(...) here"
  end
  error(message, 0)
end

local function eq(a, b, name_a, name_b)
  if a == b then return true end
  local kind_a, kind_b = type(a), type(b)
  if kind_a ~= kind_b and (kind_a == "number" and kind_b == "string" or
                           kind_a == "string" and kind_b == "number") then
    mismatch(a, b, name_a, name_b)
  end
  return false
end

local function lt(a, b, name_a, name_b)
  if a == nil or b == nil then return false end
  local kind = type(a)
  if kind ~= type(b) or kind ~= "number" and kind ~= "string" then
    mismatch(a, b, name_a, name_b)
  end
  return a < b
end

local function le(a, b, name_a, name_b)
  if a == nil or b == nil then return false end
  local kind = type(a)
  if kind ~= type(b) or kind ~= "number" and kind ~= "string" then
    mismatch(a, b, name_a, name_b)
  end
  return a <= b
end

local function text_of(value, what)
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" then return tostring(value) end
  error("expected text for " .. what .. ", got " .. describe(value), 0)
end

-- A list has a metatable with true at 1, and at 2 how many elements it has if some are nil.
local a_list = { true }
local function list(t, count)
  for i = 1, count do
    if t[i] == nil then return setmetatable(t, { true, count }) end
  end
  return setmetatable(t, a_list)
end

local size = values.size
local function len(value, name)
  local kind = type(value)
  if kind == "string" then return #value end
  if kind == "table" then
    local meta = getmetatable(value)
    local count = meta and meta[2]
    return count and count > #value and count or #value
  end
  if kind == "userdata" then return size(value) end
  error("expected a text or a list for '#', got " .. describe(value, name), 0)
end

local function first_of(a, b)
  if a ~= nil then return a end
  return b
end
local function coalesce(...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if value ~= nil then return value end
  end
end

local lower_text, upper_text, match = string.lower, string.upper, string.match
local function lower(s)
  if s ~= nil then return lower_text(text_of(s, "lower")) end
end
local function upper(s)
  if s ~= nil then return upper_text(text_of(s, "upper")) end
end
local function trim(s)
  if s == nil then return nil end
  s = text_of(s, "trim")
  local first = find(s, "%S")
  return first and match(s, ".*%S", first) or ""
end
local function words(s)
  return setmetatable(s == nil and {} or values.words(text_of(s, "words")), a_list)
end
local function split(s, separator)
  if s == nil then return setmetatable({}, a_list) end
  s, separator = text_of(s, "split"), text_of(separator, "split")
  if separator == "" then error("expected a separator for split, got empty text", 0) end
  return setmetatable(values.pieces(s, separator), a_list)
end

local function shown(value)
  local kind = type(value)
  if kind == "nil" or kind == "boolean" or kind == "number" or kind == "string" then
    return tostring(value)
  end
  error("expected a value for tostring, got " .. describe(value), 0)
end

local function to_text(value)
  if value ~= nil then return shown(value) end
end
local function to_number(value, base)
  if value == nil then return nil end
  if base == nil then return tonumber(value) end
  return tonumber(value, base)
end

string.dump = nil
math.random, math.randomseed = nil, nil
return { eq = eq, lt = lt, le = le, len = len, list = list, first_of = first_of, lower = lower,
         upper = upper, trim = trim, words = words, split = split, coalesce = coalesce,
         matches = values.matches, extract = values.extract, replace = values.replace,
         time = values.time, format_time = values.format_time, now = values.now,
         duration = values.duration, json = values.json, to_json = values.to_json,
         hash = values.hash, uuid = values.uuid, to_number = to_number, to_text = to_text,
         tonumber = tonumber, tostring = shown,
         string = string, math = math, table = table, type = type, error = error,
         select = select, unpack = unpack, assert = assert, ipairs = ipairs, next = next,
         setmetatable = setmetatable, setfenv = setfenv }
)lua";

void open(lua_State* lua, lua_CFunction library, const char* name) {
  lua_pushcfunction(lua, library);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

}  // namespace

void push_helpers(State& state) {
  lua_State* lua = state.get();
  open(lua, luaopen_base, "");
  open(lua, luaopen_table, LUA_TABLIBNAME);
  open(lua, luaopen_string, LUA_STRLIBNAME);
  open(lua, luaopen_math, LUA_MATHLIBNAME);
  open(lua, luaopen_jit, LUA_JITLIBNAME);  // Without it, nothing is compiled.
  const int base = lua_gettop(lua);
  push_value_functions(state);
  set_metered_functions(lua, state.meter());
  state.run_prelude(kPrelude, base);
}

}  // namespace weir::stages::lua
