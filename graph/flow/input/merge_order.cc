#include "graph/flow/input/merge_order.h"

#include <algorithm>

#include "graph/flow/input/first_good.h"
#include "graph/flow/input/merge_heads.h"
#include "graph/flow/input/slot.h"
#include "graph/flow/order/merge_key.h"

namespace weir::flow {
namespace {

using Choice = MergeOrder::Choice;
using Inputs = std::span<const InputQueue>;

/// Takes records by merge rank. Of equal ranks, the first input's records come first.
class ByPlace final : public MergeOrder {
 public:
  std::optional<Choice> next(Inputs inputs) override {
    const auto first = smallest(inputs);
    if (!first) return std::nullopt;
    const MergeRank& rank = inputs[*first].waiting.front()->rank;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (i != *first && !is_past(inputs[i], rank)) return std::nullopt;
    }
    return Choice{*first};
  }
};

/// Takes the record that has waited longest, by arrival sequence number.
class ByArrival final : public MergeOrder {
 public:
  std::optional<Choice> next(Inputs inputs) override {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].waiting.empty()) continue;
      if (!first || inputs[i].waiting.front()->arrival < inputs[*first].waiting.front()->arrival) {
        first = i;
      }
    }
    if (!first) return std::nullopt;
    return Choice{*first};
  }
};

/// Returns whether the input has a record, though it may not be here yet.
bool has_more(const InputQueue& input) {
  return !input.closed && (input.wants_room || input.expected);
}

/// Takes from the first input that has a record. An input for which regions above are at work
/// counts as having one.
class ByPriority final : public MergeOrder {
 public:
  std::optional<Choice> next(Inputs inputs) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].waiting.empty()) return Choice{i};
      if (has_more(inputs[i])) return std::nullopt;
      if (!inputs[i].closed && inputs[i].at_work && inputs[i].at_work()) return std::nullopt;
    }
    return std::nullopt;
  }
  bool lazy() const override { return true; }
};

/// Takes so many records of each input in turn. An input that has none forfeits the rest of its
/// turn.
class InTurns final : public MergeOrder {
 public:
  explicit InTurns(std::vector<std::uint32_t> weights) : weights_(std::move(weights)) {}

  std::optional<Choice> next(Inputs inputs) override {
    const auto weight = [&](std::size_t i) { return i < weights_.size() ? weights_[i] : 1; };
    for (std::size_t tried = 0; tried <= inputs.size(); ++tried) {
      if (taken_ < weight(turn_) && !inputs[turn_].waiting.empty()) {
        ++taken_;
        return Choice{turn_};
      }
      if (taken_ < weight(turn_) && has_more(inputs[turn_])) return std::nullopt;
      turn_ = (turn_ + 1) % inputs.size();
      taken_ = 0;
    }
    return std::nullopt;
  }
  bool lazy() const override { return true; }

 private:
  const std::vector<std::uint32_t> weights_;
  std::size_t turn_ = 0;
  std::uint32_t taken_ = 0;
};

/// Takes one input to its end, then the next.
class OneAfterTheOther final : public MergeOrder {
 public:
  std::optional<Choice> next(Inputs inputs) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].waiting.empty()) return Choice{i};
      if (!inputs[i].closed && !inputs[i].idle) return std::nullopt;
    }
    return std::nullopt;
  }
};

/// Pairs records of the same merge rank, the first of it in each input.
class ZipByOrigin final : public MergeOrder {
 public:
  std::optional<Choice> next(Inputs inputs) override {
    const auto first = smallest(inputs);
    if (!first) return std::nullopt;
    const MergeRank& rank = inputs[*first].waiting.front()->rank;
    bool all = true;
    for (const InputQueue& input : inputs) {
      if (!is_past(input, rank)) return std::nullopt;
      all = all && !input.waiting.empty() && input.waiting.front()->rank == rank &&
            !input.waiting.front()->error;
    }
    if (all) return Choice{*first, Choice::What::pair};
    return Choice{*first, Choice::What::failed, "unpaired", "no partner of the same origin"};
  }
};

/// Pairs the n-th records of all inputs.
class ZipByIndex final : public MergeOrder {
 public:
  std::optional<Choice> next(Inputs inputs) override {
    std::optional<std::size_t> first;
    bool missing = false;
    bool left = false;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const InputQueue& input = inputs[i];
      if (!input.waiting.empty()) {
        if (input.waiting.front()->error) missing = true;
        if (!first) first = i;
      } else if (input.closed || input.idle) {
        missing = true;
        left = left || input.cut;
      } else {
        return std::nullopt;
      }
    }
    if (!first) return std::nullopt;
    if (!missing) return Choice{*first, Choice::What::pair};
    if (left) return Choice{*first, Choice::What::left};
    return Choice{*first, Choice::What::failed, "unpaired", "no partner in every other input"};
  }
};

/// Takes the smallest key of all, once no live input can bring a smaller one.
class Sorted final : public MergeOrder {
 public:
  explicit Sorted(const compile::MergePolicy& policy)
      : by_(policy.by), lateness_(policy.lateness) {}

  void prepare(Slot& slot, Record& record) const override {
    slot.merge_key = std::make_unique<MergeKey>(MergeKey::of(record, by_));
  }

  void take_in(InputQueue& input, Slot& slot) override {
    note(slot);
    auto at = input.waiting.end();
    const auto before = [](const Slot& one, const Slot& other) {
      return one.merge_key && other.merge_key && *one.merge_key < *other.merge_key;
    };
    while (at != input.waiting.begin() && before(slot, **std::prev(at))) --at;
    input.waiting.insert(at, &slot);
  }

  std::optional<Choice> next(Inputs inputs) override {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].waiting.empty()) continue;
      const Slot& head = *inputs[i].waiting.front();
      if (!head.merge_key) return Choice{i};  // It has failed: nothing to wait for.
      if (!first || *head.merge_key < *inputs[*first].waiting.front()->merge_key) first = i;
    }
    if (!first) return std::nullopt;
    const MergeKey& key = *inputs[*first].waiting.front()->merge_key;
    if (last_ && key < *last_) {
      return Choice{*first, Choice::What::failed, "late",
                    "it comes before a record that has been let through"};
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!may_pass(inputs[i], i, *first, key)) return std::nullopt;
    }
    last_ = key;
    return Choice{*first};
  }

 private:
  /// Notes the key of a slot. A record that comes later than `lateness` allows is late, whatever
  /// else is there. Its error stands where the earliest record of its input may.
  void note(Slot& slot) {
    if (!slot.merge_key) return;
    if (seen_.size() <= slot.input_index) seen_.resize(slot.input_index + std::size_t{1});
    auto& seen = seen_[slot.input_index];
    if (!seen || *seen < *slot.merge_key) seen = *slot.merge_key;
    const MergeKey earliest = seen->less(lateness_);
    if (!(*slot.merge_key < earliest)) return;
    *slot.merge_key = earliest;
    slot.error = std::make_unique<CallError>();
    slot.error->kind = "late";
    slot.error->message = "it comes behind others of its input by more than the lateness";
  }

  /// Returns whether input `i` can bring nothing that belongs before `key` of input `first`. A full
  /// input is not waited for: what it brings later may then be late.
  bool may_pass(const InputQueue& input, std::size_t i, std::size_t first,
                const MergeKey& key) const {
    if (input.closed || input.idle || (input.wants_room && !input.waiting.empty())) return true;
    if (i == first && lateness_.count() == 0) return true;
    if (i >= seen_.size() || !seen_[i]) return false;
    const MergeKey mark = seen_[i]->less(lateness_);
    return i < first ? key < mark : !(mark < key);
  }

  const std::vector<OrderField> by_;
  const std::chrono::nanoseconds lateness_;
  std::vector<std::optional<MergeKey>> seen_;  ///< The largest key of each input.
  std::optional<MergeKey> last_;
};

}  // namespace

std::unique_ptr<MergeOrder> MergeOrder::make(const compile::Plan& plan,
                                             const compile::Region& region) {
  const compile::MergePolicy& policy = region.merge;
  switch (policy.kind) {
    case compile::MergePolicy::Kind::input:
      return std::make_unique<ByPlace>();
    case compile::MergePolicy::Kind::arrival:
      return std::make_unique<ByArrival>();
    case compile::MergePolicy::Kind::priority:
      return std::make_unique<ByPriority>();
    case compile::MergePolicy::Kind::weighted:
      return std::make_unique<InTurns>(policy.weights);
    case compile::MergePolicy::Kind::round_robin:
      return std::make_unique<InTurns>(std::vector<std::uint32_t>());
    case compile::MergePolicy::Kind::concat:
      return std::make_unique<OneAfterTheOther>();
    case compile::MergePolicy::Kind::sorted:
      return std::make_unique<Sorted>(policy);
    case compile::MergePolicy::Kind::first:
      return std::make_unique<FirstGood>(plan, region);
    case compile::MergePolicy::Kind::zip:
      if (policy.by_origin) return std::make_unique<ZipByOrigin>();
      return std::make_unique<ZipByIndex>();
  }
  return nullptr;
}

}  // namespace weir::flow
