#pragma once

#include <string>

#include "weir/record.h"

namespace weir::cli {

/// Returns a value as people read it: text bare, the rest as in JSON.
std::string value_text(const Value& value);

/// Returns a record on one line: its fields as "name=value ..." if `fields` is true and it has any,
/// else its text.
std::string record_text(const Record& record, bool fields);

}  // namespace weir::cli
