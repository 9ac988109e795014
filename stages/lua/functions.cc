#include "stages/lua/functions.h"

#include <algorithm>
#include <span>

namespace weir::stages::lua {
namespace {

constexpr int kAny = Function::kAny;
constexpr Function kOurs[] = {{"lower"},
                              {"upper"},
                              {"trim"},
                              {"words"},
                              {"split", 2, 2},
                              {"matches", 2, 2},
                              {"extract", 2, 2},
                              {"replace", 3, 3},
                              {"time", 1, 3},
                              {"format_time", 1, 3},
                              {"now", 0, 0},
                              {"duration"},
                              {"json"},
                              {"to_json"},
                              {"has"},
                              {"coalesce", 1, kAny},
                              {"hash", 1, 2},
                              {"uuid", 0, 1},
                              {"tonumber", 1, 2},
                              {"tostring"}};
constexpr Function kString[] = {
    {"byte", 1, 3},  {"char", 0, kAny}, {"find", 2, 4}, {"format", 1, kAny}, {"len"},  {"lower"},
    {"match", 2, 3}, {"rep", 2, 3},     {"reverse"},    {"sub", 2, 3},       {"upper"}};
constexpr Function kMath[] = {
    {"abs"},   {"acos"},        {"asin"},      {"atan"},  {"atan2", 2, 2},  {"ceil"},
    {"cos"},   {"cosh"},        {"deg"},       {"exp"},   {"floor"},        {"fmod", 2, 2},
    {"frexp"}, {"ldexp", 2, 2}, {"log", 1, 2}, {"log10"}, {"max", 1, kAny}, {"min", 1, kAny},
    {"modf"},  {"pow", 2, 2},   {"rad"},       {"sin"},   {"sinh"},         {"sqrt"}};
constexpr Function kTable[] = {{"concat", 1, 4}, {"maxn"}};

std::span<const Function> functions_of(std::string_view library) {
  if (library == "string") return kString;
  if (library == "math") return kMath;
  if (library == "table") return kTable;
  return kOurs;
}

const Function* find(std::span<const Function> functions, std::string_view name) {
  const auto found = std::ranges::find(functions, name, &Function::name);
  return found == functions.end() ? nullptr : &*found;
}

}  // namespace

std::string Function::arguments() const {
  if (most == 0) return "no argument";
  if (most == kAny)
    return "at least " + std::to_string(least) + " argument" + (least == 1 ? "" : "s");
  if (least == most) return std::to_string(least) + " argument" + (least == 1 ? "" : "s");
  return std::to_string(least) + " to " + std::to_string(most) + " arguments";
}

const Function* find_function(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return find(kOurs, name);
  return is_library(name.substr(0, dot))
             ? find(functions_of(name.substr(0, dot)), name.substr(dot + 1))
             : nullptr;
}

const Function* find_text_method(std::string_view name) {
  return name == "char" ? nullptr : find(kString, name);
}

bool is_library(std::string_view name) {
  return name == "string" || name == "math" || name == "table";
}

bool is_constant(std::string_view name) { return name == "math.pi" || name == "math.huge"; }

std::string function_names(std::string_view library) {
  std::string text;
  for (const Function& function : functions_of(library)) {
    text += text.empty() ? "" : ", ";
    text += function.name;
  }
  return text;
}

}  // namespace weir::stages::lua
