#pragma once

#include <string>
#include <string_view>

#include "weir/value.h"

namespace weir::stages::core {

/// Appends `text` as a JSON string with its quotes. Each byte that is not UTF-8 becomes U+FFFD.
void append_json(std::string_view text, std::string& out);
/// Appends a value as JSON. Raw JSON is copied, a real never looks like an integer, and a number
/// that JSON cannot express becomes null.
void append_json(const Value& value, std::string& out);

}  // namespace weir::stages::core
