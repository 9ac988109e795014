#include "graph/spec/rate_keys.h"

#include <cmath>

#include "graph/spec/pipeline_spec.h"

namespace weir {
namespace {

/// A rate limit as a map.
struct RateMap {
  Frequency limit;
  double burst = RateLimit().burst;
};

/// The seconds that a unit of time behind '/' stands for; 0: it is none.
double seconds_of(std::string_view unit) {
  if (unit == "/s") return 1;
  if (unit == "/m") return 60;
  return unit == "/h" ? 3600 : 0;
}

/// Whether a scalar can only be meant as a frequency.
bool numeric(std::string_view text) {
  return text.find('/') != std::string_view::npos ||
         (!text.empty() && std::string_view("0123456789.+-").find(text[0]) != text.npos);
}

}  // namespace

bool OptionType<Frequency>::parse(const Node& node, Frequency& out, Binder& binder) {
  if (!detail::expect_scalar(node, binder, "a rate such as 100/s")) return false;
  double number = 0;
  std::string_view unit;
  const bool read = detail::number_and_unit(node.text, number, unit);
  const double seconds = read ? seconds_of(unit) : 0;
  if (seconds > 0 && number > 0 && std::isfinite(number)) {
    out.per_second = number / seconds;
    return true;
  }
  std::string hint;
  if (read && unit.empty()) hint = "did you mean '" + node.text + "/s'? A rate needs a unit";
  if (read && seconds == 0 && unit.starts_with('/')) hint = "the units are /s, /m and /h";
  binder.error(
      node,
      (seconds > 0 ? "expected a rate above 0, got " : "expected a rate such as 100/s, got ") +
          detail::shape_of(node),
      hint);
  return false;
}

template <>
const std::vector<OptionSpec>& keys_of<RateLimit>() {
  static const TypeSpec type = [] {
    TypeSpec spec;
    TypeBuilder<Stage, RateMap>(spec)
        .required("limit", &RateMap::limit, "How often: `100/s`, `5/m`, `10/h`.")
        .optional("burst", &RateMap::burst, "How many calls that were not used may be caught up.")
        .min(&RateMap::burst, 1.0);
    return spec;
  }();
  return type.options;
}

bool OptionType<RateLimit>::parse(const Node& node, RateLimit& out, Binder& binder) {
  RateMap map;
  const bool good = node.shape == Node::Shape::map
                        ? bind_map(keys_of<RateLimit>(), &map, node, binder)
                        : OptionType<Frequency>::parse(node, map.limit, binder);
  if (!good) return false;
  out.per_second = map.limit.per_second;
  out.burst = map.burst;
  return true;
}

bool OptionType<RateSpec>::parse(const Node& node, RateSpec& out, Binder& binder) {
  const bool name = node.shape == Node::Shape::scalar && is_name(node.text) && !numeric(node.text);
  if (!name || node.is_null()) return OptionType<RateLimit>::parse(node, out.limit, binder);
  out.shared = node.text;
  return true;
}

}  // namespace weir
