#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "weir/options.h"

namespace weir::stages::wait {

/// A time to wait, as an option: always the same (`100ms`), evenly between two times
/// (`1ms..100ms`), or exponential with a mean (`~20ms`).
struct WaitTime {
  enum class Law : std::uint8_t { fixed, uniform, exponential };

  Law law = Law::fixed;
  Duration low{0};   ///< The time, the shortest time, or the mean.
  Duration high{0};  ///< Uniform: the longest time.
  std::string text;

  /// Returns false if `text` is none of these.
  static bool parse_text(std::string_view text, WaitTime& out);

  /// Returns the time that the bits of `random` choose.
  Duration draw(std::uint64_t random) const;
};

}  // namespace weir::stages::wait

namespace weir {

template <>
struct OptionType<stages::wait::WaitTime> {
  static std::string name() { return "wait"; }
  static bool parse(const Node& node, stages::wait::WaitTime& out, Binder& binder) {
    constexpr std::string_view kWanted = "a time such as 100ms, 1ms..100ms or ~20ms";
    if (!detail::expect_scalar(node, binder, kWanted)) return false;
    if (stages::wait::WaitTime::parse_text(node.text, out)) return true;
    binder.error(node, "expected " + std::string(kWanted) + ", got " + detail::shape_of(node),
                 hint(node.text));
    return false;
  }
  static std::string show(const stages::wait::WaitTime& value) { return value.text; }

 private:
  static std::string hint(const std::string& text);
};

}  // namespace weir
