#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "weir/error.h"
#include "weir/field.h"

namespace weir::stages::core {

/// Throws OptionError at `option` if two of the fields have the same name.
inline void require_distinct(const std::string& option, const std::vector<Field>& fields) {
  std::unordered_set<std::string_view> names;
  for (const Field& field : fields) {
    if (!names.insert(field.name()).second) {
      throw OptionError(option, "duplicate field '" + field.name() + "'");
    }
  }
}

}  // namespace weir::stages::core
