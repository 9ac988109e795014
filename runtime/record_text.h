#pragma once

#include <string>

#include "weir/record.h"

namespace weir {

/// A value as people read it: text bare, the rest as in JSON.
std::string value_text(const Value& value);

/// A record on one line: its fields as "name=value ..." if `fields` and it has any, else its text.
std::string record_text(const Record& record, bool fields);

}  // namespace weir
