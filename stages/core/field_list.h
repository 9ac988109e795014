#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "weir/error.h"
#include "weir/field.h"

namespace weir {

/// Throws OptionError at `option` if two of the fields have the same name.
inline void require_distinct(const std::string& option, const std::vector<Field>& fields) {
  for (auto field = fields.begin(); field != fields.end(); ++field) {
    const auto same = [&](const Field& other) { return other.name() == field->name(); };
    if (std::any_of(fields.begin(), field, same)) {
      throw OptionError(option, "duplicate field '" + field->name() + "'");
    }
  }
}

}  // namespace weir
