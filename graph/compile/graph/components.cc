#include "graph/compile/graph/components.h"

#include <algorithm>

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

  std::vector<std::vector<int>> run() {
    for (int i = 0; i < static_cast<int>(number_.size()); ++i) {
      if (number_[index(i)] == 0) visit(i);
    }
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  /// A stage on the way down, and the next of its links.
  struct Step {
    int stage;
    std::size_t next;
  };

  static std::size_t index(int stage) { return static_cast<std::size_t>(stage); }

  void enter(int stage) {
    number_[index(stage)] = lowest_[index(stage)] = ++last_;
    open_[index(stage)] = true;
    stack_.push_back(stage);
    way_.push_back({stage, 0});
  }

  void visit(int root) {
    enter(root);
    while (!way_.empty()) {
      Step& step = way_.back();
      const auto links = readers_.of(step.stage);
      int& lowest = lowest_[index(step.stage)];
      if (step.next < links.size()) {
        const int to = links[step.next++].to;
        if (number_[index(to)] == 0) {
          enter(to);
        } else if (open_[index(to)]) {
          lowest = std::min(lowest, number_[index(to)]);
        }
        continue;
      }
      const int done = step.stage;
      way_.pop_back();
      if (lowest_[index(done)] == number_[index(done)]) close(done);
      if (way_.empty()) break;
      int& above = lowest_[index(way_.back().stage)];
      above = std::min(above, lowest_[index(done)]);
    }
  }

  /// Takes the component that begins with `root` off the stack. Keeps it if it holds a cycle.
  void close(int root) {
    std::vector<int> component;
    int stage = 0;
    do {
      stage = stack_.back();
      stack_.pop_back();
      open_[index(stage)] = false;
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
  std::vector<int> number_;  ///< In the order of discovery, from 1 on; 0: not discovered.
  std::vector<int> lowest_;  ///< The smallest number of an open stage that is reached from it.
  std::vector<bool> open_;   ///< True while its component is not complete.
  std::vector<int> stack_;
  std::vector<Step> way_;
  std::vector<std::vector<int>> found_;
  int last_ = 0;
};

}  // namespace

std::vector<std::vector<int>> cyclic_components(std::size_t stages,
                                                const std::vector<Link>& links) {
  return Search(stages, links).run();
}

std::vector<int> shortest_way(int from, int to, const std::vector<bool>& allowed,
                              const std::vector<Link>& links) {
  const LinksBy readers(links, allowed.size(), &Link::from);
  std::vector<int> before(allowed.size(), -1);
  std::vector<int> queue = {from};
  for (std::size_t next = 0; next < queue.size() && before[static_cast<std::size_t>(to)] < 0;
       ++next) {
    for (const Link& link : readers.of(queue[next])) {
      const auto reader = static_cast<std::size_t>(link.to);
      if (!allowed[reader] || before[reader] >= 0) continue;
      before[reader] = queue[next];
      if (link.to != from || link.to == to) queue.push_back(link.to);
    }
  }
  if (before[static_cast<std::size_t>(to)] < 0) return {};
  std::vector<int> way = {to};
  do way.push_back(before[static_cast<std::size_t>(way.back())]);
  while (way.back() != from);
  std::reverse(way.begin(), way.end());
  return way;
}

}  // namespace weir::compile
