#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/registry.h"

namespace weir {

struct LuaOptions {
  std::string code;
  std::int64_t max_steps = 100'000'000;
};

/// Runs Lua for each record.
///
/// Example:
///   - uses: lua
///     with:
///       code: |
///         if fields.status == 404 then drop() end
///         fields.section = split(fields.path, "/")[2]
class LuaStage final : public Transform {
 public:
  class Scratch;

  explicit LuaStage(const LuaOptions& options);
  void process(Record& record, Call& call) const override;

  /// What the code seems to need and to do, from the names in it.
  static Kinds kinds(const LuaOptions& options);

 private:
  LuaOptions options_;
};

}  // namespace weir
