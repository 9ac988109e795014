#include "graph/compile/regions/pools.h"

#include <functional>
#include <map>

namespace weir::compile {

std::vector<PoolSpec> resolve_pools(Drafts& drafts, const std::vector<SharedPool>& shared,
                                    Diagnostics& diagnostics) {
  std::vector<PoolSpec> pools;
  std::vector<std::string> names;
  std::map<std::string, std::size_t, std::less<>> places;
  for (const SharedPool& pool : shared) {
    places.emplace(pool.pool.name, pools.size());
    names.push_back(pool.pool.name);
    pools.push_back(pool.pool);
  }
  std::vector<bool> used(pools.size(), false);
  for (Draft& draft : drafts) {
    const std::string& name = draft.spec.pool;
    const Node* written = name.empty() ? nullptr : draft.spec.node->find("pool");
    if (!written) continue;
    const auto found = places.find(name);
    if (found != places.end()) {
      draft.pool = found->second;
      used[found->second] = true;
    } else if (diagnostics.crowded()) {
      diagnostics.fail();
    } else {
      std::string hint = did_you_mean(name, names);
      if (hint.empty()) hint = "the name of one under 'shared.pools'";
      diagnostics.error(written->mark, "unknown pool " + in_quotes(name), hint);
    }
  }
  // After an error, a name may be unused only because of that error.
  for (std::size_t i = 0; i < shared.size() && !diagnostics.failed(); ++i) {
    if (used[i]) continue;
    diagnostics.warning(shared[i].mark, "no stage uses the pool " + in_quotes(shared[i].pool.name));
  }
  return pools;
}

}  // namespace weir::compile
