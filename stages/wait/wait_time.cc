#include "stages/wait/wait_time.h"

#include <cmath>

namespace weir::stages::wait {
namespace {

constexpr std::string_view kRange = "..";

/// Returns a number in [0, 1) made of 53 random bits.
double unit(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-53; }

Duration scaled(Duration time, double factor) {
  // The longest exponential draw is 37 times the mean. If the mean is years, that is more than a
  // duration holds.
  constexpr double kLongest = 9.2e18;
  const double ns = static_cast<double>(time.count()) * factor;
  return Duration(static_cast<std::int64_t>(ns < kLongest ? ns : kLongest));
}

}  // namespace

bool WaitTime::parse_text(std::string_view text, WaitTime& out) {
  WaitTime time;
  time.text = text;
  const std::size_t range = text.find(kRange);
  if (text.starts_with('~')) {
    time.law = Law::exponential;
    text.remove_prefix(1);
  } else if (range != std::string_view::npos) {
    time.law = Law::uniform;
    if (!OptionType<Duration>::parse_text(text.substr(range + kRange.size()), time.high)) {
      return false;
    }
    text = text.substr(0, range);
  }
  if (!OptionType<Duration>::parse_text(text, time.low)) return false;
  if (time.law == Law::uniform && time.low > time.high) return false;
  out = std::move(time);
  return true;
}

Duration WaitTime::draw(std::uint64_t random) const {
  switch (law) {
    case Law::fixed:
      return low;
    case Law::uniform:
      return low + scaled(high - low, unit(random));
    case Law::exponential:
      return scaled(low, -std::log1p(-unit(random)));
  }
  return low;
}

}  // namespace weir::stages::wait

namespace weir {

std::string OptionType<stages::wait::WaitTime>::hint(const std::string& text) {
  double number = 0;
  std::string_view unit;
  if (detail::number_and_unit(text, number, unit) && unit.empty()) {
    return "did you mean '" + text + "s'? A duration needs a unit";
  }
  const std::size_t range = text.find(stages::wait::kRange);
  if (range == std::string::npos) return {};
  const std::string low = text.substr(0, range);
  const std::string high = text.substr(range + stages::wait::kRange.size());
  Duration from;
  Duration to;
  if (!OptionType<Duration>::parse_text(high, to)) return {};
  if (OptionType<Duration>::parse_text(low, from))
    return "did you mean '" + high + ".." + low + "'?";
  const bool bare = detail::number_and_unit(low, number, unit) && unit.empty();
  return bare ? "each of the two times needs a unit" : "";
}

}  // namespace weir
