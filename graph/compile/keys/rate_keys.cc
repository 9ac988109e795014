#include "graph/compile/keys/rate_keys.h"

#include "graph/compile/keys/pipeline_spec.h"

namespace weir::compile {
namespace {

/// A rate limit as a map.
struct RateMap {
  Frequency limit;
  double burst = RateLimit().burst;
};

/// Returns whether a scalar can only be meant as a frequency.
bool numeric(std::string_view text) {
  return text.find('/') != std::string_view::npos ||
         (!text.empty() && std::string_view("0123456789.+-").find(text[0]) != text.npos);
}

}  // namespace

template <>
const std::vector<OptionSpec>& keys_of<RateLimit>() {
  static const auto keys = declared<RateMap>([](auto& map) {
    map.required("limit", &RateMap::limit, "How often: `100/s`, `5/ms`, `5/m`, `10/h`.")
        .optional("burst", &RateMap::burst, "How many calls that were not used may be caught up.")
        .min(&RateMap::burst, 1.0);
  });
  return keys;
}

}  // namespace weir::compile

namespace weir {

bool OptionType<compile::RateLimit>::parse(const Node& node, compile::RateLimit& out,
                                           Binder& binder) {
  compile::RateMap map;
  const bool good = node.shape == Node::Shape::map
                        ? binder.bind_map(compile::keys_of<compile::RateLimit>(), &map, node)
                        : OptionType<Frequency>::parse(node, map.limit, binder);
  if (!good) return false;
  out.per_second = map.limit.per_second;
  out.burst = map.burst;
  return true;
}

bool OptionType<compile::RateSpec>::parse(const Node& node, compile::RateSpec& out,
                                          Binder& binder) {
  const bool name = node.shape == Node::Shape::scalar && compile::is_name(node.text) &&
                    !compile::numeric(node.text);
  if (!name || node.is_null())
    return OptionType<compile::RateLimit>::parse(node, out.limit, binder);
  out.shared = node.text;
  return true;
}

}  // namespace weir
