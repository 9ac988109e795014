#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "weir/option_scalars.h"

namespace weir {

/// A rate, as an option: `100/s`, `5/ms`, `0.5/m`, `10/h`.
struct Frequency {
  double per_second = 0;
  std::string text;  ///< As written.
};

template <>
struct OptionType<Frequency> {
  static std::string name() { return "rate"; }
  static bool parse(const Node& node, Frequency& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a rate such as 100/s")) return false;
    static constexpr std::pair<std::string_view, double> kUnits[] = {
        {"/ms", 1e3}, {"/s", 1}, {"/m", 1.0 / 60}, {"/h", 1.0 / 3600}};
    constexpr double kMost = 1e9;  // One per nanosecond, the shortest duration.
    double number = 0;
    std::string_view unit;
    const bool read = detail::number_and_unit(node.text, number, unit) && std::isfinite(number);
    double per_second = 0;
    bool known = false;
    for (const auto& [name, times] : kUnits) {
      if (!read || name != unit) continue;
      known = true;
      per_second = number * times;
    }
    if (known && number > 0 && per_second <= kMost) {
      out = {per_second, node.text};
      return true;
    }
    std::string hint;
    if (read && unit.empty()) hint = "did you mean '" + node.text + "/s'? A rate needs a unit";
    if (read && !known && unit.starts_with('/')) hint = "the units are /ms, /s, /m and /h";
    const char* wanted = !known        ? "a rate such as 100/s"
                         : number <= 0 ? "a rate above 0"
                                       : "a rate of at most 1000000/ms";
    binder.error(node, "expected " + std::string(wanted) + ", got " + detail::shape_of(node), hint);
    return false;
  }
  static std::string show(const Frequency& value) { return value.text; }
};

/// A share, as an option: `10%` or `0.1`, from nothing to all.
struct Proportion {
  double part = 0;   ///< From 0 to 1.
  std::string text;  ///< As written.
};

template <>
struct OptionType<Proportion> {
  static std::string name() { return "share"; }
  static bool parse(const Node& node, Proportion& out, Binder& binder) {
    constexpr std::string_view kWanted = "a share such as 10% or 0.1";
    if (!detail::expect_scalar(node, binder, kWanted)) return false;
    if (parse_text(node.text, out)) return true;
    double number = 0;
    std::string_view unit;
    const bool read = detail::number_and_unit(node.text, number, unit);
    const bool percent = read && unit.empty() && number > 1 && number <= 100;
    binder.error(node, "expected " + std::string(kWanted) + ", got " + detail::shape_of(node),
                 percent ? "did you mean '" + node.text + "%'?" : "");
    return false;
  }
  static bool parse_text(std::string_view text, Proportion& out) {
    double number = 0;
    std::string_view unit;
    if (!detail::number_and_unit(text, number, unit)) return false;
    const double whole = unit == "%" ? 100 : 1;
    const bool good = (unit.empty() || unit == "%") && number >= 0 && number <= whole;
    if (good) out = {number / whole, std::string(text)};
    return good;
  }
  static std::string show(const Proportion& value) { return value.text; }
};

}  // namespace weir
