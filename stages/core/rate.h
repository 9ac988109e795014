#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "weir/options.h"

namespace weir {

/// A rate option: `1000/s`, `5/ms`, `0.5/m`.
struct Rate {
  double per_second = 0;
  std::string text;
};

template <>
struct OptionType<Rate> {
  static std::string name() { return "rate"; }
  static bool parse(const Node& node, Rate& out, Binder& binder) {
    constexpr std::string_view kWanted = "a rate such as 100/s";
    if (!detail::expect_scalar(node, binder, kWanted)) return false;
    static constexpr std::pair<std::string_view, double> kUnits[] = {
        {"/ms", 1e3}, {"/s", 1}, {"/m", 1.0 / 60}, {"/h", 1.0 / 3600}};
    double number = 0;
    std::string_view unit;
    if (detail::number_and_unit(node.text, number, unit) && number > 0) {
      for (const auto& [name, per_second] : kUnits) {
        if (name == unit && number * per_second <= 1e9) {
          out = {number * per_second, node.text};
          return true;
        }
      }
    }
    binder.error(node, "expected " + std::string(kWanted) + ", got " + detail::shape_of(node),
                 unit.empty() && number > 0 ? "did you mean '" + node.text + "/s'?" : "");
    return false;
  }
  static std::string show(const Rate& value) { return value.text; }
};

}  // namespace weir
