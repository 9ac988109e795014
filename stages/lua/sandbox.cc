#include "stages/lua/sandbox.h"

namespace weir::stages::lua {

// Nothing that a chunk does to one record may show in the next. So its globals are gone after each
// run, and what it shares with other runs is behind userdata, which cannot be written to, not even
// by table.insert. Left out are pcall (it would catch the end of an endless loop), getmetatable,
// rawset and their like, and next. `pairs` goes through keys in order, since Lua's own order
// differs from run to run.
//
// What `init` makes is seen by all records of a worker. Its globals are in a table of their own,
// and its tables are copied into userdata before the first record. Its functions see the globals of
// the record that calls them.
const char* const kSandbox = R"lua(
local chunk, helpers, record, init = ...
local newproxy, getmetatable, setmetatable, rawset = newproxy, getmetatable, setmetatable, rawset
local next, setfenv, type, error, sort = next, setfenv, type, error, table.sort
local tostring = helpers.tostring
local concat, maxn, ipairs, unpack = table.concat, table.maxn, helpers.ipairs, helpers.unpack

local function proxy(index, newindex, len)
  local object = newproxy(true)
  local meta = getmetatable(object)
  meta.__index, meta.__newindex, meta.__len, meta.__metatable = index, newindex, len, false
  return object
end

local fields = proxy(function(_, name) return record.get(name) end,
                     function(_, name, value) record.set(name, value) end)

local function sorted_keys(t)
  local keys = {}
  for key in next, t do
    if type(key) ~= "string" and type(key) ~= "number" then
      error("expected texts and numbers as keys, got a " .. type(key), 3)
    end
    keys[#keys + 1] = key
  end
  sort(keys, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  return keys
end

-- The tables of `init` by the userdata that stands for them: as they were made, and with userdata
-- for what is nested in them.
local made, plain = {}, {}
local function refuse(_, name)
  error("cannot assign to '" .. tostring(name) .. "': what 'init' made is the same for all records", 2)
end
local function freeze(value, known)
  if type(value) ~= "table" then return value end
  if known[value] then return known[value] end
  local copy = {}
  local object = proxy(copy, refuse, function() return #copy end)
  known[value], made[object], plain[object] = object, value, copy
  for key, element in next, value do copy[key] = freeze(element, known) end
  return object
end

local function pairs(t)
  local keys = t == fields and record.names() or sorted_keys(plain[t] or t)
  local at = 0
  return function()
    at = at + 1
    if keys[at] ~= nil then return keys[at], t[keys[at]] end
  end
end

local function emit(what)
  if what == nil then return record.emit_copy() end
  if type(what) ~= "table" then return record.emit_text(tostring(what)) end
  local keys = sorted_keys(what)
  for i = 1, #keys do
    if type(keys[i]) ~= "string" then error("expected names of fields, got a number", 2) end
  end
  record.emit_fields(keys, what)
end

local errors = { kind = true, message = true, stage = true, attempts = true }
local function part(_, name)
  if name ~= "error" then return record.part(name) end
  if record.part("error_kind") == nil then return nil end
  local found = {}
  for key in next, errors do found[key] = record.part("error_" .. key) end
  return found
end

local libraries = {
  string = helpers.string, math = helpers.math,
  table = { concat = table.concat, insert = table.insert, remove = table.remove,
            sort = table.sort, maxn = table.maxn },
}
local names = {
  string = proxy(libraries.string), math = proxy(libraries.math), table = proxy(libraries.table),
  fields = fields, record = proxy(part), pairs = pairs, emit = emit,
  drop = function() record.drop() end,
  fail = function(message) error(tostring(message), 0) end,
}
for _, name in helpers.ipairs { "lower", "upper", "trim", "words", "split", "matches", "time",
    "extract", "replace", "format_time", "now", "duration", "json", "to_json", "coalesce", "hash",
    "uuid", "tonumber", "tostring", "type", "error", "assert", "ipairs", "select", "unpack" } do
  names[name] = helpers[name]
end

if init then
  names.type = function(value) return made[value] and "table" or type(value) end
  names.ipairs = function(t) return ipairs(plain[t] or t) end
  names.unpack = function(t, ...) return unpack(plain[t] or t, ...) end
  names.to_json = function(value) return helpers.to_json(made[value] or value) end
  libraries.table.concat = function(t, ...) return concat(made[t] or t, ...) end
  libraries.table.maxn = function(t) return maxn(made[t] or t) end
end

-- A loop over the text must not get it anew for each of its bytes.
local text_known, text = false, nil
local shared = {}  -- the globals of `init`

local meta = {
  __index = function(_, name)
    if name == "text" then
      if not text_known then text_known, text = true, record.get_text() end
      return text
    end
    local value = names[name]
    if value ~= nil then return value end
    return shared[name]
  end,
  __newindex = function(environment, name, value)
    if name == "text" then
      record.set_text(value)
      text_known, text = false, nil
    elseif names[name] ~= nil then
      error("cannot assign to '" .. tostring(name) .. "'", 2)
    else
      rawset(environment, name, value)
    end
  end,
}

local environment  -- of the record; nil while `init` runs
local of_record = { text = true, fields = true, record = true, emit = true, drop = true }
local home = setmetatable({}, {
  __index = function(_, name)
    if environment then return environment[name] end
    if of_record[name] then error("'" .. name .. "' is of a record, and 'init' has none", 2) end
    local value = names[name]
    if value ~= nil then return value end
    return shared[name]
  end,
  __newindex = function(_, name, value)
    if environment then
      environment[name] = value
    elseif of_record[name] or names[name] ~= nil then
      error("cannot assign to '" .. tostring(name) .. "'", 2)
    else
      shared[name] = value
    end
  end,
})

return function()
  text_known, text = false, nil
  environment = setmetatable({}, meta)
  setfenv(chunk, environment)
  chunk()
end, function()
  setfenv(init, home)
  init()
  local known = {}
  for name, value in next, shared do shared[name] = freeze(value, known) end
end
)lua";

}  // namespace weir::stages::lua
