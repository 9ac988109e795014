#include "graph/compile/graph/links_by.h"

#include <algorithm>
#include <utility>

namespace weir::compile {

LinksBy::LinksBy(const std::vector<Link>& links, std::size_t stages, int Link::*end)
    : begin_(stages + 1), links_(links.size()) {
  const auto stage_of = [end](const Link& link) { return static_cast<std::size_t>(link.*end); };
  for (const Link& link : links) ++begin_[stage_of(link) + 1];
  for (std::size_t i = 0; i < stages; ++i) begin_[i + 1] += begin_[i];
  std::vector<std::size_t> next = begin_;
  for (const Link& link : links) links_[next[stage_of(link)]++] = link;
}

std::vector<int> number_inputs(std::vector<Link>& links, std::size_t stages) {
  std::stable_sort(links.begin(), links.end(), [](const Link& a, const Link& b) {
    return std::pair(a.to, a.input) < std::pair(b.to, b.input);
  });
  std::vector<int> counts(stages, 0);
  for (Link& link : links) link.input = counts[static_cast<std::size_t>(link.to)]++;
  return counts;
}

}  // namespace weir::compile
