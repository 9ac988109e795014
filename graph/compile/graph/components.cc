#include "graph/compile/graph/components.h"

#include <algorithm>
#include <optional>

#include "graph/compile/graph/links_by.h"

namespace weir::compile {
namespace {

/// One search over the whole graph, with an explicit stack.
class Search {
 public:
  Search(std::size_t stages, const std::vector<Link>& links)
      : readers_(links, stages, &Link::from),
        number_(stages, 0),
        lowest_(stages, 0),
        open_(stages, false) {}

  std::vector<std::vector<StageId>> run() {
    for (const StageId i : number_.ids()) {
      if (number_[i] == 0) visit(i);
    }
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  /// A stage on the way down, and the next of its links.
  struct Step {
    StageId stage;
    std::size_t next;
  };

  void enter(StageId stage) {
    number_[stage] = lowest_[stage] = ++last_;
    open_[stage] = true;
    stack_.push_back(stage);
    way_.push_back({stage, 0});
  }

  void visit(StageId root) {
    enter(root);
    while (!way_.empty()) {
      Step& step = way_.back();
      const auto links = readers_.of(step.stage);
      int& lowest = lowest_[step.stage];
      if (step.next < links.size()) {
        const StageId to = links[step.next++].to;
        if (number_[to] == 0) {
          enter(to);
        } else if (open_[to]) {
          lowest = std::min(lowest, number_[to]);
        }
        continue;
      }
      const StageId done = step.stage;
      way_.pop_back();
      if (lowest_[done] == number_[done]) close(done);
      if (way_.empty()) break;
      int& above = lowest_[way_.back().stage];
      above = std::min(above, lowest_[done]);
    }
  }

  /// Takes the component that begins with `root` off the stack. Keeps it if it holds a cycle.
  void close(StageId root) {
    std::vector<StageId> component;
    StageId stage;
    do {
      stage = stack_.back();
      stack_.pop_back();
      open_[stage] = false;
      component.push_back(stage);
    } while (stage != root);
    const auto links = readers_.of(root);
    const bool itself =
        std::any_of(links.begin(), links.end(), [&](const Link& link) { return link.to == root; });
    if (component.size() == 1 && !itself) return;
    std::sort(component.begin(), component.end());
    found_.push_back(std::move(component));
  }

  LinksBy readers_;
  IdVector<StageId, int> number_;  ///< In the order of discovery, from 1 on; 0: not discovered.
  IdVector<StageId, int>
      lowest_;                    ///< The smallest number of an open stage that is reached from it.
  IdVector<StageId, bool> open_;  ///< True while its component is not complete.
  std::vector<StageId> stack_;
  std::vector<Step> way_;
  std::vector<std::vector<StageId>> found_;
  int last_ = 0;
};

}  // namespace

std::vector<std::vector<StageId>> cyclic_components(std::size_t stages,
                                                    const std::vector<Link>& links) {
  return Search(stages, links).run();
}

std::vector<StageId> shortest_way(StageId from, StageId to, const IdVector<StageId, bool>& allowed,
                                  const std::vector<Link>& links) {
  const LinksBy readers(links, allowed.size(), &Link::from);
  IdVector<StageId, std::optional<StageId>> before(allowed.size());
  std::vector<StageId> queue = {from};
  for (std::size_t next = 0; next < queue.size() && !before[to]; ++next) {
    for (const Link& link : readers.of(queue[next])) {
      if (!allowed[link.to] || before[link.to]) continue;
      before[link.to] = queue[next];
      if (link.to != from || link.to == to) queue.push_back(link.to);
    }
  }
  if (!before[to]) return {};
  std::vector<StageId> way = {to};
  do way.push_back(*before[way.back()]);
  while (way.back() != from);
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace weir::compile
