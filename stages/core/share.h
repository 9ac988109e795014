#pragma once

#include <string>
#include <string_view>

#include "weir/options.h"

namespace weir {

/// A share option: `10%` or `0.1`, from nothing to everything.
struct SampleShare {
  double part = 0;  ///< From 0 to 1.
  std::string text;
};

template <>
struct OptionType<SampleShare> {
  static std::string name() { return "share"; }
  static bool parse(const Node& node, SampleShare& out, Binder& binder) {
    constexpr std::string_view kWanted = "a share such as 10% or 0.1";
    if (!detail::expect_scalar(node, binder, kWanted)) return false;
    double number = 0;
    std::string_view unit;
    if (!detail::number_and_unit(node.text, number, unit)) number = -1;
    const double whole = unit == "%" ? 100 : 1;
    if ((unit.empty() || unit == "%") && number >= 0 && number <= whole) {
      out = {number / whole, node.text};
      return true;
    }
    const bool percent = unit.empty() && number > 1 && number <= 100;
    binder.error(node, "expected " + std::string(kWanted) + ", got " + detail::shape_of(node),
                 percent ? "did you mean '" + node.text + "%'?" : "");
    return false;
  }
  static std::string show(const SampleShare& value) { return value.text; }
};

}  // namespace weir
