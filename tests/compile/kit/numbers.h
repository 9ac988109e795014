#pragma once

#include <optional>
#include <vector>

#include "graph/compile/plan/ids.h"

// Numbers of stages, regions and sources as plain ones, by which tests name them.

namespace weir::fake {

template <class Kind>
int number_of(compile::Id<Kind> id) {
  return id.number();
}
inline int number_of(std::size_t index) { return static_cast<int>(index); }
/// -1 stands for none.
template <class T>
int number_of(const std::optional<T>& one) {
  return one ? number_of(*one) : -1;
}

template <class Numbered>
std::vector<int> numbers_of(const Numbered& all) {
  std::vector<int> numbers;
  for (const auto& one : all) numbers.push_back(number_of(one));
  return numbers;
}

}  // namespace weir::fake
