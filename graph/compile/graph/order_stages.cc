#include "graph/compile/graph/order_stages.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

/// Sorts the stages topologically.
class Ordering {
 public:
  Ordering(const std::vector<Draft>& drafts, const std::vector<Link>& links)
      : drafts_(drafts),
        readers_(links, drafts.size(), &Link::from),
        inputs_(links, drafts.size(), &Link::to) {}

  /// Returns the stages in their new order.
  std::vector<int> run() {
    for (int i = 0; i < static_cast<int>(drafts_.size()); ++i) {
      missing_.push_back(inputs_.of(i).size());
      if (missing_.back() == 0) ready_.push(key(i));
    }
    while (!ready_.empty()) {
      const int stage = std::get<2>(ready_.top());
      ready_.pop();
      // A stage is followed directly by its only reader, as long as there is one.
      for (int next = stage; next >= 0;) next = take(next);
    }
    return std::move(order_);
  }

 private:
  /// The order of the file, with two exceptions: a pass stands where the first pass stands, and
  /// dead letters come after all stages that may send some or hold them back.
  using Key = std::tuple<bool, int, int>;

  Key key(int stage) const {
    const Draft& draft = drafts_[static_cast<std::size_t>(stage)];
    return {draft.letters, draft.pass_of < 0 ? stage : draft.pass_of, stage};
  }

  /// Appends the stage. Returns the stage that must follow directly; -1: none.
  int take(int stage) {
    order_.push_back(stage);
    int readers = 0;
    int only = -1;
    for (const Link& link : readers_.of(stage)) {
      if (!link.letters) {
        ++readers;
        only = link.to;
      }
    }
    if (readers != 1 || inputs_.of(only).size() != 1) only = -1;
    for (const Link& link : readers_.of(stage)) {
      if (--missing_[static_cast<std::size_t>(link.to)] > 0 || link.to == only) continue;
      ready_.push(key(link.to));
    }
    return only;
  }

  const std::vector<Draft>& drafts_;
  LinksBy readers_;
  LinksBy inputs_;
  /// For each stage, the number of inputs that are not in the order yet.
  std::vector<std::size_t> missing_;
  std::priority_queue<Key, std::vector<Key>, std::greater<>> ready_;
  std::vector<int> order_;
};

}  // namespace

void order_stages(std::vector<Draft>& drafts, std::vector<Link>& links) {
  const std::vector<int> order = Ordering(drafts, links).run();
  std::vector<int> place(drafts.size(), 0);
  std::vector<Draft> ordered;
  for (std::size_t i = 0; i < order.size(); ++i) {
    place[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    ordered.push_back(std::move(drafts[static_cast<std::size_t>(order[i])]));
  }
  drafts = std::move(ordered);
  const auto follow = [&](int& stage) {
    if (stage >= 0) stage = place[static_cast<std::size_t>(stage)];
  };
  for (Draft& draft : drafts) {
    follow(draft.pass_of);
    follow(draft.spec.on_error.policy.to);
    if (draft.spec.on_deadline) follow(draft.spec.on_deadline->policy.to);
  }
  for (Link& link : links) {
    follow(link.from);
    follow(link.to);
  }
  std::stable_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::pair(a.to, a.input) < std::pair(b.to, b.input);
  });
}

}  // namespace weir::compile
