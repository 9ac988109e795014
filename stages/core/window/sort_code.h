#pragma once

#include <string>

#include "weir/value.h"

namespace weir::stages::core {

/// Appends bytes that sort as the values do, also where the codes of several values follow one
/// another: null, false, true, numbers by value (integers exactly), text by its bytes, JSON by its
/// bytes. NaN sorts after all numbers.
void append_sort_code(const Value& value, std::string& out);

/// Returns whether `one` sorts before `other` in that order.
bool sorts_before(const Value& one, const Value& other);

}  // namespace weir::stages::core
