#include "graph/flow/merge_order.h"

#include <algorithm>

#include "graph/flow/merge_key.h"
#include "graph/flow/slot.h"

namespace weir {
namespace {

using Choice = MergeOrder::Choice;
using Inlets = std::span<const Inlet>;

/// Whether it is known that nothing can come by `inlet` that stands at `rank` or below it. (Also
/// what would go behind it is waited for: it may fail, and then nothing of its origin is to go on.)
bool is_past(const Inlet& inlet, const Rank& rank) {
  return inlet.closed || !inlet.queue.empty() || inlet.frontier > rank;
}

/// The first inlet of the smallest rank; nothing if none has a record.
std::optional<std::size_t> smallest(Inlets inlets) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < inlets.size(); ++i) {
    if (inlets[i].queue.empty()) continue;
    if (!best || inlets[i].queue.front()->rank < inlets[*best].queue.front()->rank) best = i;
  }
  return best;
}

/// By rank; of equal ones, the first inlet's records come first.
class ByPlace final : public MergeOrder {
 public:
  std::optional<Choice> next(Inlets inlets) override {
    const auto first = smallest(inlets);
    if (!first) return std::nullopt;
    const Rank& rank = inlets[*first].queue.front()->rank;
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      if (i != *first && !is_past(inlets[i], rank)) return std::nullopt;
    }
    return Choice{*first};
  }
};

/// The inlet that has waited longest: by the numbers that slots get as they come.
class ByArrival final : public MergeOrder {
 public:
  std::optional<Choice> next(Inlets inlets) override {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      if (inlets[i].queue.empty()) continue;
      if (!first || inlets[i].queue.front()->arrival < inlets[*first].queue.front()->arrival) {
        first = i;
      }
    }
    if (!first) return std::nullopt;
    return Choice{*first};
  }
};

/// Whether it has something, though it may not be here yet.
bool has_more(const Inlet& inlet) { return !inlet.closed && (inlet.wants_room || inlet.expected); }

class ByPriority final : public MergeOrder {
 public:
  std::optional<Choice> next(Inlets inlets) override {
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      if (!inlets[i].queue.empty()) return Choice{i};
      if (has_more(inlets[i])) return std::nullopt;
    }
    return std::nullopt;
  }
  bool lazy() const override { return true; }
};

/// So many of each in turn; who has nothing loses the rest of his turn.
class InTurns final : public MergeOrder {
 public:
  explicit InTurns(std::vector<std::uint32_t> weights) : weights_(std::move(weights)) {}

  std::optional<Choice> next(Inlets inlets) override {
    const auto weight = [&](std::size_t i) { return i < weights_.size() ? weights_[i] : 1; };
    for (std::size_t tried = 0; tried <= inlets.size(); ++tried) {
      if (taken_ < weight(turn_) && !inlets[turn_].queue.empty()) {
        ++taken_;
        return Choice{turn_};
      }
      if (taken_ < weight(turn_) && has_more(inlets[turn_])) return std::nullopt;
      turn_ = (turn_ + 1) % inlets.size();
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

/// One inlet to its end, then the next.
class OneAfterTheOther final : public MergeOrder {
 public:
  std::optional<Choice> next(Inlets inlets) override {
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      if (!inlets[i].queue.empty()) return Choice{i};
      if (!inlets[i].closed && !inlets[i].idle) return std::nullopt;
    }
    return std::nullopt;
  }
};

/// Partners have the same rank, and are the first of it in each inlet.
class ZipByOrigin final : public MergeOrder {
 public:
  std::optional<Choice> next(Inlets inlets) override {
    const auto first = smallest(inlets);
    if (!first) return std::nullopt;
    const Rank& rank = inlets[*first].queue.front()->rank;
    bool all = true;
    for (const Inlet& inlet : inlets) {
      if (!is_past(inlet, rank)) return std::nullopt;
      all = all && !inlet.queue.empty() && inlet.queue.front()->rank == rank &&
            !inlet.queue.front()->error;
    }
    if (all) return Choice{*first, Choice::What::pair};
    return Choice{*first, Choice::What::failed, "unpaired", "no partner of the same origin"};
  }
};

/// The n-th of each inlet are partners.
class ZipByIndex final : public MergeOrder {
 public:
  std::optional<Choice> next(Inlets inlets) override {
    std::optional<std::size_t> first;
    bool missing = false;
    bool left = false;
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      const Inlet& inlet = inlets[i];
      if (!inlet.queue.empty()) {
        if (inlet.queue.front()->error) missing = true;
        if (!first) first = i;
      } else if (inlet.closed || inlet.idle) {
        missing = true;
        left = left || inlet.cut;
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

/// The smallest key of all, once no live inlet can bring a smaller one.
class Sorted final : public MergeOrder {
 public:
  explicit Sorted(const MergePolicy& policy) : by_(policy.by), lateness_(policy.lateness) {}

  void prepare(Slot& slot, Record& record) const override {
    slot.merge_key = std::make_unique<MergeKey>(MergeKey::of(record.get(by_), by_.name()));
  }

  void take_in(Inlet& inlet, Slot& slot) override {
    note(slot);
    auto at = inlet.queue.end();
    const auto before = [](const Slot& one, const Slot& other) {
      return one.merge_key && other.merge_key && *one.merge_key < *other.merge_key;
    };
    while (at != inlet.queue.begin() && before(slot, **std::prev(at))) --at;
    inlet.queue.insert(at, &slot);
  }

  std::optional<Choice> next(Inlets inlets) override {
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      if (inlets[i].queue.empty()) continue;
      const Slot& head = *inlets[i].queue.front();
      if (!head.merge_key) return Choice{i};  // It has failed: nothing to wait for.
      if (!first || *head.merge_key < *inlets[*first].queue.front()->merge_key) first = i;
    }
    if (!first) return std::nullopt;
    const MergeKey& key = *inlets[*first].queue.front()->merge_key;
    if (last_ && key < *last_) {
      return Choice{*first, Choice::What::failed, "late",
                    "it comes before a record that has been let through"};
    }
    for (std::size_t i = 0; i < inlets.size(); ++i) {
      if (!may_pass(inlets[i], i, *first, key)) return std::nullopt;
    }
    last_ = key;
    return Choice{*first};
  }

 private:
  /// One that comes later than `lateness` allows is late, whatever else is there; its error stands
  /// where the earliest of its inlet may.
  void note(Slot& slot) {
    if (!slot.merge_key) return;
    if (seen_.size() <= slot.inlet) seen_.resize(slot.inlet + std::size_t{1});
    auto& seen = seen_[slot.inlet];
    if (!seen || *seen < *slot.merge_key) seen = *slot.merge_key;
    const MergeKey earliest = seen->less(lateness_);
    if (!(*slot.merge_key < earliest)) return;
    *slot.merge_key = earliest;
    slot.error = std::make_unique<CallError>();
    slot.error->kind = "late";
    slot.error->message = "it comes behind others of its input by more than the lateness";
  }

  /// Whether inlet `i` can bring nothing that belongs before `key` of inlet `first`. One that is
  /// full is not waited for: what it brings later may then be late.
  bool may_pass(const Inlet& inlet, std::size_t i, std::size_t first, const MergeKey& key) const {
    if (inlet.closed || inlet.idle || (inlet.wants_room && !inlet.queue.empty())) return true;
    if (i == first && lateness_.count() == 0) return true;
    if (i >= seen_.size() || !seen_[i]) return false;
    const MergeKey mark = seen_[i]->less(lateness_);
    return i < first ? key < mark : !(mark < key);
  }

  const Field by_;
  const std::chrono::nanoseconds lateness_;
  std::vector<std::optional<MergeKey>> seen_;  ///< The largest of each inlet.
  std::optional<MergeKey> last_;
};

}  // namespace

std::unique_ptr<MergeOrder> MergeOrder::make(const MergePolicy& policy) {
  switch (policy.kind) {
    case MergePolicy::Kind::input:
      return std::make_unique<ByPlace>();
    case MergePolicy::Kind::arrival:
      return std::make_unique<ByArrival>();
    case MergePolicy::Kind::priority:
      return std::make_unique<ByPriority>();
    case MergePolicy::Kind::weighted:
      return std::make_unique<InTurns>(policy.weights);
    case MergePolicy::Kind::round_robin:
      return std::make_unique<InTurns>(std::vector<std::uint32_t>());
    case MergePolicy::Kind::concat:
      return std::make_unique<OneAfterTheOther>();
    case MergePolicy::Kind::sorted:
      return std::make_unique<Sorted>(policy);
    case MergePolicy::Kind::zip:
      if (policy.by_origin) return std::make_unique<ZipByOrigin>();
      return std::make_unique<ZipByIndex>();
  }
  return nullptr;
}

}  // namespace weir
