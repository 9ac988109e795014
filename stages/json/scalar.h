#pragma once

#include <string_view>

#include "weir/value.h"

namespace weir::stages::json {

/// True for JSON's white space.
constexpr bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Returns whether all of `token` is a JSON number, and sets `out` to its value. Unless that is an
/// integer, it keeps the bytes of `token`, so that a number leaves as it came. A number that fits
/// neither a 64-bit integer nor a finite double becomes a Value::json.
bool read_json_number(std::string_view token, Value& out);

/// Returns whether `token` is `true`, `false` or `null`, and sets `out` to its value.
bool read_json_atom(std::string_view token, Value& out);

/// Unescapes the inside of a JSON string into `out`, which must have room for `escaped.size()`
/// bytes. Returns the end; or null, after setting `bad` to the offset of an invalid escape.
char* unescape_json(std::string_view escaped, char* out, std::size_t& bad);

}  // namespace weir::stages::json
