#pragma once

#include <string>

#include "weir/value.h"

namespace weir {

/// Appends bytes whose order, byte by byte, is the order of values, also of several values one
/// behind the other: null, false, true, numbers by value (integers exactly), text by its bytes,
/// JSON by its bytes. NaN stands behind all numbers.
void append_sort_code(const Value& value, std::string& out);

/// Whether `one` stands before `other` in that order.
bool sorts_before(const Value& one, const Value& other);

}  // namespace weir
