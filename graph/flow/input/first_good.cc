#include "graph/flow/input/first_good.h"

#include <algorithm>
#include <memory>

#include "graph/compile/regions/branches.h"
#include "graph/flow/input/merge_heads.h"

namespace weir::flow {
namespace {

constexpr const char* kSeveral = "several";

}  // namespace

FirstGood::FirstGood(const compile::Plan& plan, const compile::Region& region)
    : plan_(plan),
      branches_(compile::branches_of(plan.regions, region)),
      last_(region.inputs.size()),
      won_(region.inputs.size(), 0) {}

void FirstGood::take_in(InputQueue& input, Slot& slot) {
  std::optional<MergeRank>& last = last_[slot.input_index];
  if (last == slot.rank) {
    slot.error = std::make_unique<CallError>();
    slot.error->kind = kSeveral;
    slot.error->message = "a branch of 'merge: first' made several records of one";
  }
  last = slot.rank;
  MergeOrder::take_in(input, slot);
}

std::optional<MergeOrder::Choice> FirstGood::next(std::span<const InputQueue> inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].waiting.empty()) continue;
    const Slot& head = *inputs[i].waiting.front();
    if (head.error && head.error->kind == kSeveral) return Choice{i, Choice::What::failed};
    if (decided_ && head.rank <= *decided_) return Choice{i, Choice::What::lost};
  }
  const auto first = smallest(inputs);
  if (!first) return std::nullopt;
  const MergeRank rank = inputs[*first].waiting.front()->rank;
  const auto good = std::ranges::find_if(inputs, [&](const InputQueue& input) {
    return !input.waiting.empty() && input.waiting.front()->rank == rank &&
           !has_error(*input.waiting.front());
  });
  const bool any = good != inputs.end();
  const auto waits = [&](const InputQueue& input) {
    return any ? input.waiting.empty() && !input.closed && input.frontier < rank
               : !is_past(input, rank);
  };
  if (std::ranges::any_of(inputs, waits)) return std::nullopt;
  decided_ = rank;
  if (!any) return Choice{*first, Choice::What::none_good, "none_good"};
  const auto winner = static_cast<std::size_t>(good - inputs.begin());
  ++won_[winner];
  return Choice{winner};
}

/// Returns whether it failed in its branch. An error that it brought there does not count.
bool FirstGood::has_error(const Slot& slot) const {
  const detail::Extra* const extra = slot.input.extra;
  return slot.error ||
         (extra && extra->has_error && branches_[plan_.stages[StageId(extra->error.stage)].region]);
}

}  // namespace weir::flow
