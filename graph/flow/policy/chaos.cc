#include "graph/flow/policy/chaos.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "weir/detail/mix64.h"
#include "weir/frequency.h"
#include "weir/in_quotes.h"
#include "weir/option_scalars.h"

namespace weir::flow {

using detail::mix64;

namespace {

using Problem = std::optional<std::string>;

template <class T>
bool parse_number(std::string_view text, T& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

Problem parse_probability(std::string_view key, std::string_view text, double& out) {
  Proportion share;
  double value = 0;
  if (OptionType<Proportion>::parse_text(text, share)) {
    value = share.part;
  } else if (!parse_number(text, value) || !(value >= 0 && value <= 1)) {
    return "expected a probability from 0 to 1 for " + std::string(key) + ", got " +
           in_quotes(text);
  }
  out = value;
  return std::nullopt;
}

bool parse_latency_shape(std::string_view text, ChaosPlan& plan) {
  const std::size_t dots = text.find("..");
  if (text.starts_with('~')) {
    plan.latency = ChaosPlan::Latency::exponential;
    return OptionType<Duration>::parse_text(text.substr(1), plan.low);
  }
  if (dots == std::string_view::npos) {
    plan.latency = ChaosPlan::Latency::fixed;
    return OptionType<Duration>::parse_text(text, plan.low);
  }
  plan.latency = ChaosPlan::Latency::uniform;
  return OptionType<Duration>::parse_text(text.substr(0, dots), plan.low) &&
         OptionType<Duration>::parse_text(text.substr(dots + 2), plan.high) &&
         plan.low <= plan.high;
}

Problem parse_latency(std::string_view text, ChaosPlan& plan) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !parse_latency_shape(text.substr(colon + 1), plan)) {
    return "expected a latency such as 0.1:10ms, 0.1:5ms..50ms or 0.1:~20ms, got " +
           in_quotes(text);
  }
  return parse_probability("latency", text.substr(0, colon), plan.latency_p);
}

Problem parse_entry(std::string_view key, std::string_view value, ChaosPlan& plan) {
  if (key == "latency") return parse_latency(value, plan);
  if (key == "error") return parse_probability(key, value, plan.error_p);
  if (key == "hang") return parse_probability(key, value, plan.hang_p);
  if (key == "kill") return parse_probability(key, value, plan.kill_p);
  if (key != "seed") {
    return "unknown fault " + in_quotes(key) + ": latency, error, hang, kill or seed";
  }
  if (parse_number(value, plan.seed)) return std::nullopt;
  return "expected an integer from 0 for seed, got " + in_quotes(value);
}

/// Returns a number in [0, 1).
double unit(std::uint64_t random) { return static_cast<double>(random >> 11) * 0x1p-53; }

std::chrono::nanoseconds draw(const ChaosPlan& plan, std::uint64_t random) {
  const auto low = static_cast<double>(plan.low.count());
  double value = low;
  if (plan.latency == ChaosPlan::Latency::uniform) {
    value += unit(random) * static_cast<double>((plan.high - plan.low).count());
  } else if (plan.latency == ChaosPlan::Latency::exponential) {
    value = -low * std::log1p(-unit(random));
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(std::min(value, 9.2e18)));
}

}  // namespace

Problem parse_chaos(std::string_view text, ChaosPlan& plan) {
  ChaosPlan parsed;
  std::string seen = ",";
  do {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view entry = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) return "expected fault=value, got " + in_quotes(entry);
    const std::string key(entry.substr(0, equals));
    if (seen.find("," + key + ",") != std::string::npos) return "duplicate fault " + in_quotes(key);
    seen += key + ",";
    if (Problem problem = parse_entry(key, entry.substr(equals + 1), parsed)) return problem;
  } while (!text.empty());
  if (parsed.error_p + parsed.hang_p + parsed.kill_p > 1) {
    return "expected error, hang and kill to add up to 1 at most";
  }
  plan = parsed;
  return std::nullopt;
}

Fault ChaosPlan::decide(std::uint64_t stage, std::uint32_t part, std::uint64_t position,
                        int attempt) const {
  std::uint64_t state = mix64(seed);
  state = mix64(state ^ stage);
  state = mix64(state ^ part);
  state = mix64(state ^ position);
  state = mix64(state ^ static_cast<std::uint64_t>(attempt));
  Fault fault;
  if (unit(mix64(state + 1)) < latency_p) fault.latency = draw(*this, mix64(state + 2));
  const double roll = unit(mix64(state + 3));
  if (roll < kill_p) {
    fault.act = Fault::Act::kill;
  } else if (roll < kill_p + hang_p) {
    fault.act = Fault::Act::hang;
  } else if (roll < kill_p + hang_p + error_p) {
    fault.act = Fault::Act::error;
  }
  return fault;
}

}  // namespace weir::flow
