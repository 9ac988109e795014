#include "tests/flow/random/graph_merging.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::flow::test {
namespace {

using Kind = compile::MergePolicy::Kind;

/// Takes streams apart from their beginnings on.
class Zipping {
 public:
  explicit Zipping(const std::vector<GraphStream>& inputs)
      : inputs_(inputs), at_(inputs.size(), 0) {}

  GraphMerged by_origin() {
    while (const std::optional<std::size_t> first = smallest()) {
      const auto rank = rank_of(head(*first));
      bool all = true;
      for (std::size_t i = 0; i < at_.size(); ++i) all = all && has(i) && rank_of(head(i)) == rank;
      all ? pair() : leave(*first);
    }
    return std::move(merged_);
  }

  GraphMerged by_index() {
    const auto all_have = [&] {
      for (std::size_t i = 0; i < at_.size(); ++i) {
        if (!has(i)) return false;
      }
      return true;
    };
    while (all_have()) pair();
    for (std::size_t i = 0; i < at_.size(); ++i) {
      while (has(i)) leave(i);
    }
    return std::move(merged_);
  }

 private:
  bool has(std::size_t i) const { return at_[i] < inputs_[i].items.size(); }
  const GraphItem& head(std::size_t i) const { return inputs_[i].items[at_[i]]; }

  std::optional<std::size_t> smallest() const {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < at_.size(); ++i) {
      if (has(i) && (!best || rank_of(head(i)) < rank_of(head(*best)))) best = i;
    }
    return best;
  }

  void pair() {
    GraphItem item = head(0);
    ++at_[0];
    for (std::size_t i = 1; i < at_.size(); ++i) {
      item.note += "+" + head(i).note;
      merged_.partners.push_back(head(i));
      ++at_[i];
    }
    merged_.stream.items.push_back(std::move(item));
  }

  void leave(std::size_t i) {
    GraphItem item = head(i);
    ++at_[i];
    item.unpaired = true;
    merged_.stream.items.push_back(std::move(item));
  }

  const std::vector<GraphStream>& inputs_;
  std::vector<std::size_t> at_;
  GraphMerged merged_;
};

/// Of the copies of each record a good one, or else a failed one.
GraphMerged first_good(const std::vector<GraphStream>& inputs) {
  GraphMerged merged;
  std::vector<GraphItem>& items = merged.stream.items;
  for (const GraphStream& input : inputs) {
    items.insert(items.end(), input.items.begin(), input.items.end());
  }
  std::ranges::stable_sort(
      items, {}, [](const GraphItem& item) { return std::pair(rank_of(item), item.failed); });
  const auto same = [](const GraphItem& one, const GraphItem& other) {
    return rank_of(one) == rank_of(other);
  };
  items.erase(std::unique(items.begin(), items.end(), same), items.end());
  for (GraphItem& item : items) item.none_good = std::exchange(item.failed, false);
  return merged;
}

bool keeps_no_order(Kind kind) {
  return kind == Kind::arrival || kind == Kind::priority || kind == Kind::weighted ||
         kind == Kind::round_robin;
}

}  // namespace

GraphMerged merge_streams(const GraphNode& node, std::vector<GraphStream> inputs) {
  if (inputs.empty()) return {};
  if (inputs.size() == 1) {
    for (GraphItem& item : inputs[0].items) item.input = 0;
    return {std::move(inputs[0]), {}};
  }
  if (node.policy == Kind::zip) {
    return node.by_origin ? Zipping(inputs).by_origin() : Zipping(inputs).by_index();
  }
  if (node.policy == Kind::first) return first_good(inputs);
  GraphMerged merged;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    merged.stream.shuffled = merged.stream.shuffled || inputs[i].shuffled;
    merged.stream.mixed = merged.stream.mixed || inputs[i].mixed || keeps_no_order(node.policy);
    for (GraphItem& item : inputs[i].items) {
      item.input = i;
      if (keeps_no_order(node.policy)) item.lane += "|" + node.name + ":" + std::to_string(i);
      merged.stream.items.push_back(std::move(item));
    }
  }
  std::vector<GraphItem>& items = merged.stream.items;
  if (node.policy == Kind::input) {
    std::ranges::stable_sort(items, {}, rank_of);
    merged.stream.shuffled = false;
  }
  if (node.policy == Kind::sorted) std::ranges::stable_sort(items, {}, &GraphItem::stamp);
  return merged;
}

}  // namespace weir::flow::test
