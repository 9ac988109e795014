#pragma once

#include <string_view>

#include "weir/value.h"

namespace weir {

/// JSON's white space.
constexpr bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Whether `token`, all of it, is a JSON number; its value then in `out`. A number that fits
/// neither a 64-bit integer nor a finite double keeps its digits, as Value::json.
bool read_json_number(std::string_view token, Value& out);

/// Whether `token` is `true`, `false` or `null`; its value then in `out`.
bool read_json_atom(std::string_view token, Value& out);

/// Unescapes the inside of a JSON string into `out`, which has room for `escaped.size()` bytes;
/// returns the end, or null after setting `bad` to the offset of the escape that is none.
char* unescape_json(std::string_view escaped, char* out, std::size_t& bad);

}  // namespace weir
