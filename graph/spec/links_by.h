#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "graph/spec/layout.h"

namespace weir {

/// Links by the stage at one of their ends (`&Link::from`, `&Link::to`), else in the order given.
class LinksBy {
 public:
  LinksBy(const std::vector<Link>& links, std::size_t stages, int Link::*end);

  std::span<const Link> of(std::size_t stage) const {
    return std::span(links_).subspan(begin_[stage], begin_[stage + 1] - begin_[stage]);
  }
  std::span<const Link> of(int stage) const { return of(static_cast<std::size_t>(stage)); }

 private:
  std::vector<std::size_t> begin_;
  std::vector<Link> links_;
};

/// Numbers the inputs of each stage anew, in the order that they have; of those with one number, in
/// that of the links. Returns how many each stage has.
std::vector<int> number_inputs(std::vector<Link>& links, std::size_t stages);

}  // namespace weir
