#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/builtin.h"
#include "stages/lua/patterns.h"
#include "stages/lua/times.h"

namespace weir::stages::lua {

/// What the functions that records' code may call keep in a state, beside its values: compiled
/// patterns and formats, and room for what they make. None of it may stand on the frame of such a
/// function, which an error of Lua leaves in its own way.
struct Services {
  Patterns patterns;
  Times times;
  JsonParts json;
  std::string made;     ///< The bytes of a result.
  std::string problem;  ///< The message of an error.
  /// The kind of the error that is raised; null: that of the code.
  const char* kind = nullptr;
  std::optional<double> now;  ///< The time of this record, once it was asked for.
  /// Nested JSON of this record that is in Lua as an index into these, from 1, in a light userdata.
  std::vector<std::string_view> nested;

  /// Forgets what is of one record.
  void begin_record() {
    kind = nullptr;
    now.reset();
    nested.clear();
  }
};

}  // namespace weir::stages::lua
