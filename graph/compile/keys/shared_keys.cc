#include "graph/compile/keys/shared_keys.h"

#include "graph/compile/keys/pipeline_spec.h"

namespace weir::compile {
namespace {

/// `shared:` as written.
struct SharedSpec {
  Raw rates;
  Raw pools;
};

/// Reads the entries of a map of named things, each with `read`. `what` is the word for them in
/// messages.
template <class Read>
void read_named(const Node* node, const char* what, SpecBinder& binder, const Read& read) {
  if (!node || node->is_null()) return;
  if (node->shape != Node::Shape::map) {
    binder.error(*node,
                 "expected a map of " + std::string(what) + ", got " + detail::shape_of(*node),
                 missing_space_hint(*node));
    return;
  }
  for (const auto& [key, value] : node->entries) {
    read(key, value);
    if (is_name(key.text)) continue;
    binder.error(key, "expected a name of a-z, 0-9, '_' and '-' that begins with a letter, got " +
                          in_quotes(key.text));
  }
}

}  // namespace

template <>
const std::vector<OptionSpec>& keys_of<PoolSpec>() {
  static const auto keys = declared<PoolSpec>([](auto& map) {
    map.required("threads", &PoolSpec::threads, "How many of the threads work for it, at most.")
        .min(&PoolSpec::threads, 1)
        .max(&PoolSpec::threads, Count::kMost);
  });
  return keys;
}

const std::vector<OptionSpec>& shared_keys() {
  static const auto keys = declared<SharedSpec>([](auto& map) {
    map.optional("rates", &SharedSpec::rates, "Rate limits by name, for `rate` of stages.")
        .optional("pools", &SharedSpec::pools,
                  "Threads by name, `{ threads: N }` each, for `pool` of stages.");
  });
  return keys;
}

Shared read_shared(const Node& node, SpecBinder& binder) {
  Shared shared;
  SharedSpec spec;
  if (node.is_null()) return shared;
  binder.bind_map(shared_keys(), &spec, node);
  read_named(spec.rates.node, "rates", binder, [&](const Node& key, const Node& value) {
    SharedRate& rate = shared.rates.emplace_back();
    rate.limit.name = key.text;
    rate.mark = key.mark;
    binder.expect(value, OptionType<RateLimit>::name());
    OptionType<RateLimit>::parse(value, rate.limit, binder);
  });
  read_named(spec.pools.node, "pools", binder, [&](const Node& key, const Node& value) {
    SharedPool& pool = shared.pools.emplace_back();
    pool.pool.name = key.text;
    pool.mark = key.mark;
    binder.expect(value, OptionType<PoolSpec>::name());
    OptionType<PoolSpec>::parse(value, pool.pool, binder);
  });
  return shared;
}

}  // namespace weir::compile
