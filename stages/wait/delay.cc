#include "stages/wait/delay.h"

#include <cmath>
#include <string>

#include "weir/detail/mix64.h"
#include "weir/in_quotes.h"

namespace weir::stages::wait {

using detail::mix64;

namespace {

/// Reads the time that a field states: milliseconds as a number, or a duration as text. Returns
/// false if it is neither.
bool read_time(const Value& value, Duration& out) {
  if (value.type() == ValueType::text) {
    return OptionType<Duration>::parse_text(value.as_text(), out);
  }
  if (!value.is_number()) return false;
  // In milliseconds; a Duration ends at 9.22e18 ns.
  constexpr double kLongest = 9.2e12;
  const double ms = value.as_real();
  if (!(ms >= 0 && ms <= kLongest)) return false;
  out = Duration(static_cast<std::int64_t>(std::llround(ms * 1e6)));
  return true;
}

std::string shown(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return "nothing";
    case ValueType::integer:
      return std::to_string(value.as_integer());
    case ValueType::real:
      return value.has_bytes() ? std::string(value.as_text())
                               : OptionType<double>::show(value.as_real());
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    default:
      return in_quotes(value.as_text());
  }
}

}  // namespace

Delay::Delay(const DelayOptions& options) : options_(options) {
  if (!options.time && options.field.empty()) {
    throw OptionError("for", "missing option 'for' or 'field'");
  }
  if (options.time && !options.field.empty()) {
    throw OptionError("field", "expected no 'field' beside 'for'");
  }
}

Duration Delay::drawn(const Record& record, int attempt) const {
  const Origin origin = record.origin();
  std::uint64_t random = mix64(options_.seed);
  random = mix64(random ^ origin.part);
  random = mix64(random ^ origin.position);
  return options_.time->draw(mix64(random ^ static_cast<std::uint64_t>(attempt)));
}

void Delay::start(Completion completion) {
  Record record = completion.record();
  if (options_.time) return completion.done_after(drawn(record, completion.call().attempt()));
  const Value value = record.get(options_.field);
  Duration time;
  if (read_time(value, time)) return completion.done_after(time);
  const std::string message = "field '" + options_.field.name() +
                              "': expected milliseconds as a number or a duration such as 20ms, "
                              "got " +
                              shown(value);
  completion.fail("delay", message, false);
}

}  // namespace weir::stages::wait
