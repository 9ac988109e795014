#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "weir/options.h"

namespace weir {

/// A whole number, or all from one to another, both included: `404`, `300..399`.
struct NumberRange {
  int first = 0;
  int last = 0;

  bool holds(int number) const { return first <= number && number <= last; }
};

inline bool any_holds(const std::vector<NumberRange>& ranges, int number) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [number](const NumberRange& range) { return range.holds(number); });
}

template <>
struct OptionType<NumberRange> {
  static std::string name() { return "range"; }
  static bool parse(const Node& node, NumberRange& out, Binder& binder) {
    constexpr std::string_view kWanted = "a number or a range such as 300..399";
    if (!detail::expect_scalar(node, binder, kWanted)) return false;
    const std::string_view text = node.text;
    const std::size_t dots = text.find(kDots);
    const bool one = dots == std::string_view::npos;
    NumberRange range;
    const bool numbers = read(text.substr(0, dots), range.first) &&
                         read(one ? text : text.substr(dots + kDots.size()), range.last);
    if (numbers && range.first <= range.last) {
      out = range;
      return true;
    }
    binder.error(node, "expected " + std::string(kWanted) + ", got " + detail::shape_of(node),
                 numbers ? "did you mean '" + show({range.last, range.first}) + "'?" : "");
    return false;
  }
  static std::string show(const NumberRange& value) {
    if (value.first == value.last) return std::to_string(value.first);
    return std::to_string(value.first) + std::string(kDots) + std::to_string(value.last);
  }

 private:
  static constexpr std::string_view kDots = "..";

  static bool read(std::string_view text, int& out) {
    const char* const end = text.data() + text.size();
    const auto [at, code] = std::from_chars(text.data(), end, out);
    return code == std::errc() && at == end;
  }
};

}  // namespace weir
