#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "weir/registry.h"

namespace weir::stages::lua {

/// Lua code as an option. A `${...}` in it stands for data, unless it is all of the code.
struct LuaCode {
  Filled source;

  const std::string& text() const { return source.text; }
};

/// The options of `lua`.
struct LuaOptions {
  LuaCode code;
  LuaCode init;
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
  void open(Context& context) override;
  void process(Record& record, Call& call) const override;

  /// Returns what the code seems to need and to do, from the names in it.
  static Kinds kinds(const LuaOptions& options);
  /// Returns whether the code seems to ask for the time, or for what is new each time.
  static bool by_clock(const LuaOptions& options);

 private:
  LuaOptions options_;
};

}  // namespace weir::stages::lua

namespace weir {

template <>
struct OptionType<stages::lua::LuaCode> {
  static std::string name() { return "text"; }
  static bool parse(const Node& node, stages::lua::LuaCode& out, Binder& binder);
  static std::string show(const stages::lua::LuaCode& value) { return value.text(); }
};

}  // namespace weir
