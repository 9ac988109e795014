#pragma once

#include <string>
#include <string_view>

namespace weir::stages::lua {

/// A function that an expression may call, and how many arguments it takes.
struct Function {
  static constexpr int kAny = 1000;

  std::string_view name;
  int least = 1;
  int most = 1;

  /// Returns how many it takes: "1 argument", "1 to 3 arguments".
  std::string arguments() const;
};

/// Returns a function that an expression may call: one of ours (`lower`) or of Lua's
/// (`string.sub`); null if it may not. It may not call what reaches outside or what calls back.
const Function* find_function(std::string_view name);
/// Returns the function that a text has as a method (`path:sub(1, 3)`), whose first argument is the
/// text.
const Function* find_text_method(std::string_view name);
bool is_library(std::string_view name);
/// True for `math.pi` and `math.huge`.
bool is_constant(std::string_view name);

/// Returns the names of the functions of a library, or of ours if that is empty: "lower, upper,
/// ...".
std::string function_names(std::string_view library);

}  // namespace weir::stages::lua
