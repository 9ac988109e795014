#include "stages/lua/functions.h"

#include <algorithm>
#include <array>

namespace weir::stages::lua {
namespace {

constexpr std::array<std::string_view, 9> kOurs = {
    "lower", "upper", "trim", "words", "split", "matches", "time", "tonumber", "tostring"};
constexpr std::array<std::string_view, 11> kString = {
    "byte", "char", "find", "format", "len", "lower", "match", "rep", "reverse", "sub", "upper"};
constexpr std::array<std::string_view, 24> kMath = {
    "abs", "acos", "asin",  "atan", "atan2", "ceil",  "cos",  "cosh",
    "deg", "exp",  "floor", "fmod", "frexp", "ldexp", "log",  "log10",
    "max", "min",  "modf",  "pow",  "rad",   "sin",   "sinh", "sqrt"};
constexpr std::array<std::string_view, 2> kTable = {"concat", "maxn"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

template <std::size_t N>
std::string join(const std::array<std::string_view, N>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text += text.empty() ? "" : ", ";
    text += name;
  }
  return text;
}

}  // namespace

bool is_text_method(std::string_view name) { return contains(kString, name) && name != "char"; }

bool is_library(std::string_view name) {
  return name == "string" || name == "math" || name == "table";
}

bool is_constant(std::string_view name) { return name == "math.pi" || name == "math.huge"; }

bool is_function(std::string_view name) {
  if (name.starts_with("string.")) return contains(kString, name.substr(7));
  if (name.starts_with("math.")) return contains(kMath, name.substr(5));
  if (name.starts_with("table.")) return contains(kTable, name.substr(6));
  return contains(kOurs, name);
}

std::string function_names(std::string_view library) {
  if (library == "string") return join(kString);
  if (library == "math") return join(kMath);
  return library == "table" ? join(kTable) : join(kOurs);
}

}  // namespace weir::stages::lua
