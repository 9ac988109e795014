#include "graph/flow/input/merge_order.h"

#include <algorithm>
#include <utility>

#include "graph/flow/input/branches.h"
#include "graph/flow/input/slot.h"
#include "graph/flow/order/merge_key.h"

namespace weir::flow {
namespace {

using Choice = MergeOrder::Choice;
using Inputs = std::span<const InputQueue>;

/// Returns whether nothing can come by `input` any more with `rank` or a smaller one. (A record of
/// the same rank that would go behind it is waited for, too: it may fail, and then nothing of its
/// origin is to go on.)
bool is_past(const InputQueue& input, const MergeRank& rank) {
  return input.closed || !input.waiting.empty() || input.frontier > rank;
}

/// Returns the first input with the smallest merge rank; nothing if none has a record.
std::optional<std::size_t> smallest(Inputs inputs) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].waiting.empty()) continue;
    if (!best || inputs[i].waiting.front()->rank < inputs[*best].waiting.front()->rank) best = i;
  }
  return best;
}

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

/// Takes the first record of each rank that has no error of a stage in the branches. It goes on
/// once nothing before it can come any more, and does not wait for others of its rank. Those lose.
/// If all have failed, one of them goes on with an error that names those of all.
class FirstGood final : public MergeOrder {
 public:
  explicit FirstGood(IdVector<StageId, bool> in_branches) : in_branches_(std::move(in_branches)) {}

  void take_in(InputQueue& input, Slot& slot) override {
    if (last_.size() <= slot.input_index) last_.resize(slot.input_index + std::size_t{1});
    auto& last = last_[slot.input_index];
    if (last && *last == slot.rank) {
      slot.error = std::make_unique<CallError>();
      slot.error->kind = kSeveral;
      slot.error->message = "a branch of 'merge: first' made several records of one";
    }
    last = slot.rank;
    input.waiting.push_back(&slot);
  }

  std::optional<Choice> next(Inputs inputs) override {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].waiting.empty()) continue;
      const Slot& head = *inputs[i].waiting.front();
      if (head.error && head.error->kind == kSeveral) return Choice{i, Choice::What::failed};
      if (decided_ && head.rank <= *decided_) return Choice{i, Choice::What::lost};
    }
    const auto first = smallest(inputs);
    if (!first) return std::nullopt;
    const MergeRank rank = inputs[*first].waiting.front()->rank;
    const auto brings = [&](const InputQueue& input, bool good) {
      return !input.waiting.empty() && input.waiting.front()->rank == rank &&
             has_error(*input.waiting.front()) != good;
    };
    const auto good =
        std::ranges::find_if(inputs, [&](const auto& one) { return brings(one, true); });
    const bool any = good != inputs.end();
    const auto waits = [&](const InputQueue& input) {
      return any ? input.waiting.empty() && !input.closed && input.frontier < rank
                 : !is_past(input, rank);
    };
    if (std::ranges::any_of(inputs, waits)) return std::nullopt;
    decided_ = rank;
    if (!any) return Choice{*first, Choice::What::none_good, "none_good"};
    const auto winner = static_cast<std::size_t>(good - inputs.begin());
    if (won_.size() < inputs.size()) won_.resize(inputs.size());
    ++won_[winner];
    return Choice{winner};
  }

  const MergeRank* decided() const override { return decided_ ? &*decided_ : nullptr; }
  std::optional<std::uint64_t> won(std::size_t input) const override {
    return input < won_.size() ? won_[input] : 0;
  }

 private:
  static constexpr const char* kSeveral = "several";

  /// Returns whether it failed in its branch. An error that it brought there does not count.
  bool has_error(const Slot& slot) const {
    const detail::Extra* const extra = slot.input.extra;
    return slot.error || (extra && extra->has_error && in_branches_[StageId(extra->error.stage)]);
  }

  const IdVector<StageId, bool> in_branches_;

  std::vector<std::optional<MergeRank>> last_;  ///< The rank of the last record of each input.
  std::optional<MergeRank> decided_;
  std::vector<std::uint64_t> won_;  ///< By input.
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
      return std::make_unique<FirstGood>(branch_stages(plan, region));
    case compile::MergePolicy::Kind::zip:
      if (policy.by_origin) return std::make_unique<ZipByOrigin>();
      return std::make_unique<ZipByIndex>();
  }
  return nullptr;
}

}  // namespace weir::flow
