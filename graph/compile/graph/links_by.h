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
  LinksBy(const std::vector<Link>& links, std::size_t stages, StageId Link::*end);

  std::span<const Link> of(StageId stage) const {
    return std::span(links_).subspan(begin_[stage], begin_[stage + 1] - begin_[stage]);
  }

 private:
  IdVector<StageId, std::size_t> begin_;  ///< One more than there are stages.
  std::vector<Link> links_;
};

/// Numbers the inputs of each stage anew, in their present order; inputs with equal numbers keep
/// the order of the links. Returns the number of inputs of each stage.
IdVector<StageId, std::size_t> number_inputs(std::vector<Link>& links, std::size_t stages);

}  // namespace weir::compile
