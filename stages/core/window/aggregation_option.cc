#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "stages/core/window/aggregation.h"

namespace weir::stages::core {
namespace {

using Function = Aggregation::Function;

constexpr std::pair<std::string_view, Function> kFunctions[] = {
    {"count", Function::count}, {"sum", Function::sum},        {"min", Function::min},
    {"max", Function::max},     {"avg", Function::avg},        {"first", Function::first},
    {"last", Function::last},   {"collect", Function::collect}};

/// Reads a percentile, such as `p50` or `p99.9`.
bool read_percentile(std::string_view name, Aggregation& out) {
  if (!name.starts_with('p') || name.size() < 2 || name[1] < '0' || name[1] > '9') return false;
  const char* end = name.data() + name.size();
  const auto [at, code] =
      std::from_chars(name.data() + 1, end, out.percent, std::chars_format::fixed);
  out.function = Function::percentile;
  return code == std::errc() && at == end && out.percent <= 100;
}

bool read_function(std::string_view name, Aggregation& out) {
  for (const auto& [known, function] : kFunctions) {
    if (known != name) continue;
    out.function = function;
    return true;
  }
  return read_percentile(name, out);
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const auto& [name, function] : kFunctions) names.emplace_back(name);
  names.emplace_back("p50");
  names.emplace_back("p99");
  return names;
}

}  // namespace

}  // namespace weir::stages::core

namespace weir {

bool OptionType<stages::core::Aggregation>::parse(const Node& node, stages::core::Aggregation& out,
                                                  Binder& binder) {
  constexpr std::string_view kWanted = "an aggregate such as count or sum(bytes)";
  if (!detail::expect_scalar(node, binder, kWanted)) return false;
  const std::string_view text = out.text = node.text;
  const std::size_t open = text.find('(');
  const std::string name(text.substr(0, open));
  if (!stages::core::read_function(name, out)) {
    binder.error(node, "unknown aggregate '" + name + "'",
                 binder.nearest(name, stages::core::function_names()), 0);
    return false;
  }
  if (open == std::string_view::npos) {
    if (out.function == stages::core::Function::count) return true;
    binder.error(node, "expected a field, as in " + name + "(bytes), got '" + name + "'");
    return false;
  }
  if (text.back() != ')') {
    binder.error(node, "expected ')' at the end", {}, text.size() - 1);
    return false;
  }
  const std::string_view field = text.substr(open + 1, text.size() - open - 2);
  if (field.empty()) {
    binder.error(node, "expected a field between '(' and ')', got nothing", {}, open);
    return false;
  }
  out.field = Field(std::string(field));
  const auto& steps = out.field.steps();
  binder.names_field(node, steps.empty() ? out.field.name() : steps.front());
  return true;
}

}  // namespace weir
