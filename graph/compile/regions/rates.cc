#include "graph/compile/regions/rates.h"

#include <functional>
#include <map>

namespace weir::compile {
namespace {

void report_unknown(const Draft& draft, const std::vector<SharedRate>& shared,
                    Diagnostics& diagnostics) {
  if (diagnostics.crowded()) return diagnostics.fail();
  const std::string& name = draft.spec.rate->shared;
  std::vector<std::string> names;
  for (const SharedRate& rate : shared) names.push_back(rate.limit.name);
  std::string hint = did_you_mean(name, names);
  if (hint.empty()) hint = "a rate such as 100/s, or the name of one under 'shared.rates'";
  diagnostics.error(draft.spec.node->find("rate")->mark, "unknown rate " + in_quotes(name), hint);
}

}  // namespace

std::vector<RateLimit> resolve_rates(Drafts& drafts, const std::vector<SharedRate>& shared,
                                     Diagnostics& diagnostics) {
  std::vector<RateLimit> rates;
  std::map<std::string, std::size_t, std::less<>> names;
  for (const SharedRate& rate : shared) {
    names.emplace(rate.limit.name, rates.size());
    rates.push_back(rate.limit);
  }
  std::vector<bool> used(shared.size(), false);
  for (Draft& draft : drafts) {
    const std::optional<RateSpec>& rate = draft.spec.rate;
    if (!rate) continue;
    if (rate->shared.empty()) {
      draft.rate = rates.size();
      rates.push_back(rate->limit);
      continue;
    }
    const auto found = names.find(rate->shared);
    if (found == names.end()) {
      report_unknown(draft, shared, diagnostics);
      continue;
    }
    draft.rate = found->second;
    used[found->second] = true;
  }
  // After an error, a name may be unused only because of that error.
  for (std::size_t i = 0; i < shared.size() && !diagnostics.failed(); ++i) {
    if (used[i]) continue;
    diagnostics.warning(shared[i].mark,
                        "no stage uses the rate " + in_quotes(shared[i].limit.name));
  }
  return rates;
}

}  // namespace weir::compile
