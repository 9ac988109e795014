#include "graph/compile/graph/order_stages.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

/// Sorts the stages topologically.
class Ordering {
 public:
  Ordering(const Drafts& drafts, const std::vector<Link>& links)
      : drafts_(drafts),
        readers_(links, drafts.size(), &Link::from),
        inputs_(links, drafts.size(), &Link::to) {}

  /// Returns the stages in their new order.
  std::vector<StageId> run() {
    for (const StageId i : drafts_.ids()) {
      missing_.push_back(inputs_.of(i).size());
      if (missing_.back() == 0) ready_.push(key(i));
    }
    while (!ready_.empty()) {
      std::optional<StageId> next = std::get<2>(ready_.top());
      ready_.pop();
      // A stage is followed directly by its only reader, as long as there is one.
      while (next) next = take(*next);
    }
    return std::move(order_);
  }

 private:
  /// The order of the file, with two exceptions: a pass stands where the first pass stands, and
  /// dead letters come after all stages that may send some or hold them back.
  using Key = std::tuple<bool, StageId, StageId>;

  Key key(StageId stage) const {
    const Draft& draft = drafts_[stage];
    return {draft.letters, draft.pass_of.value_or(stage), stage};
  }

  /// Appends the stage. Returns the stage that must follow directly, if any must.
  std::optional<StageId> take(StageId stage) {
    order_.push_back(stage);
    int readers = 0;
    std::optional<StageId> only;
    for (const Link& link : readers_.of(stage)) {
      if (!link.letters) {
        ++readers;
        only = link.to;
      }
    }
    if (readers != 1 || inputs_.of(*only).size() != 1) only.reset();
    for (const Link& link : readers_.of(stage)) {
      if (--missing_[link.to] > 0 || link.to == only) continue;
      ready_.push(key(link.to));
    }
    return only;
  }

  const Drafts& drafts_;
  LinksBy readers_;
  LinksBy inputs_;
  /// For each stage, the number of inputs that are not in the order yet.
  IdVector<StageId, std::size_t> missing_;
  std::priority_queue<Key, std::vector<Key>, std::greater<>> ready_;
  std::vector<StageId> order_;
};

}  // namespace

void order_stages(Drafts& drafts, std::vector<Link>& links) {
  const std::vector<StageId> order = Ordering(drafts, links).run();
  IdVector<StageId, StageId> place(drafts.size());
  Drafts ordered;
  for (const StageId stage : order) {
    place[stage] = ordered.end_id();
    ordered.push_back(std::move(drafts[stage]));
  }
  drafts = std::move(ordered);
  const auto follow = [&](std::optional<StageId>& stage) {
    if (stage) stage = place[*stage];
  };
  for (Draft& draft : drafts) {
    follow(draft.pass_of);
    follow(draft.spec.on_error.policy.to);
    if (draft.spec.on_deadline) follow(draft.spec.on_deadline->policy.to);
  }
  for (Link& link : links) {
    link.from = place[link.from];
    link.to = place[link.to];
  }
  std::stable_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::pair(a.to, a.input) < std::pair(b.to, b.input);
  });
}

}  // namespace weir::compile
