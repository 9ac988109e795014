#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/file/line_pattern.h"
#include "weir/registry.h"

namespace weir::stages::file {

enum class FramingChoice : std::uint8_t { automatic, lines, csv, file, json, json_array };

/// The map that `framing` may be. Exactly one of its keys is set, beside `idle`.
struct FramingKeys {
  std::optional<Pattern> begin;
  std::optional<Pattern> continues;
  std::optional<Pattern> end;
  std::optional<std::string> delimiter;
  std::optional<std::string> json_array;
  std::optional<Duration> idle;  ///< Stands beside a pattern.
};

/// The option `framing` of `file.read`: one of its names, or a map.
struct FramingOption {
  FramingChoice choice = FramingChoice::automatic;
  FramingKeys keys;
  std::string key;     ///< The key of the map; empty if it is none.
  bool named = false;  ///< True if the YAML has one of the names, `auto` included.

  /// Returns whether the next stage decides.
  bool automatic() const { return choice == FramingChoice::automatic && key.empty(); }
  /// Returns the framing as the YAML has it, for messages; empty if it does not decide.
  std::string written() const;
  /// Returns the pattern that tells records of several lines apart; null if that is not the
  /// framing.
  std::shared_ptr<LinePattern> line_pattern() const;
};

}  // namespace weir::stages::file

template <>
struct weir::EnumNames<weir::stages::file::FramingChoice> {
  static constexpr std::string_view names[] = {"auto", "lines", "csv",
                                               "file", "json",  "json_array"};
};

template <>
struct weir::OptionType<weir::stages::file::FramingOption> {
  using Option = stages::file::FramingOption;

  static std::string name();
  static const std::vector<OptionSpec>& keys();
  static bool parse(const Node& node, Option& out, Binder& binder);
  static std::string show(const Option& value);
};
