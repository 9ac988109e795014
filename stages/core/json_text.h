#pragma once

#include <string>
#include <string_view>

#include "weir/value.h"

namespace weir {

/// Appends a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, each.
void append_json(std::string_view text, std::string& out);
/// Appends a value as JSON: raw JSON as it is, a real never as an integer, null for a number that
/// JSON does not have.
void append_json(const Value& value, std::string& out);

}  // namespace weir
