#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/exec/command.h"
#include "weir/number_range.h"
#include "weir/options.h"

namespace weir::stages::exec {

/// How a process is used: for many records, a line each, or for one.
enum class Mode : std::uint8_t { lines, once };
/// What becomes of all that a command writes.
enum class Output : std::uint8_t { text, records };

/// The options of `exec`.
struct ExecOptions {
  Mode mode = Mode::lines;
  Command command;
  std::vector<Template> args;
  std::optional<Template> input;
  std::optional<Output> output;
  std::optional<std::string> into;
  std::optional<std::vector<NumberRange>> accept_exit;
  std::optional<std::string> exit_into;
  std::optional<Duration> restart;
};

}  // namespace weir::stages::exec

template <>
struct weir::EnumNames<weir::stages::exec::Mode> {
  static constexpr std::string_view names[] = {"lines", "once"};
};

template <>
struct weir::EnumNames<weir::stages::exec::Output> {
  static constexpr std::string_view names[] = {"text", "records"};
};
