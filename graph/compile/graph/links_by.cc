#include "graph/compile/graph/links_by.h"

#include <algorithm>
#include <utility>

namespace weir::compile {

LinksBy::LinksBy(const std::vector<Link>& links, std::size_t stages, StageId Link::*end)
    : begin_(stages + 1), links_(links.size()) {
  for (const Link& link : links) ++begin_[link.*end + 1];
  for (const StageId i : IdRange(StageId(), StageId(stages))) begin_[i + 1] += begin_[i];
  IdVector<StageId, std::size_t> next = begin_;
  for (const Link& link : links) links_[next[link.*end]++] = link;
}

IdVector<StageId, std::size_t> number_inputs(std::vector<Link>& links, std::size_t stages) {
  std::stable_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::pair(a.to, a.input) < std::pair(b.to, b.input);
  });
  IdVector<StageId, std::size_t> counts(stages, 0);
  for (Link& link : links) link.input = counts[link.to]++;
  return counts;
}

}  // namespace weir::compile
