#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "graph/compile/plan/link.h"

namespace weir::compile {

/// Groups links by the stage at one of their ends (`&Link::from`, `&Link::to`). Within a group they
/// keep their order.
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

/// Numbers the inputs of each stage anew, in their present order; inputs with equal numbers keep
/// the order of the links. Returns the number of inputs of each stage.
std::vector<int> number_inputs(std::vector<Link>& links, std::size_t stages);

}  // namespace weir::compile
