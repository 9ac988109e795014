#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "weir/stage.h"

namespace weir::stages::core {

/// Returns the capacity that a text or table of `capacity` has after it grows to `size`, so that
/// its growth can be charged before it grows.
constexpr std::size_t grown_capacity(std::size_t capacity, std::size_t size) {
  return size <= capacity ? capacity : std::max(2 * capacity, size);
}

/// The state that one stage has taken of the run's budget. What the stage gives within a call stays
/// available to the same call, so that no other stage takes it in between; `settle`, at the end of
/// the call, returns the rest.
class StateAccount {
 public:
  void open(StateBudget& budget) { budget_ = &budget; }
  /// Gives everything back.
  void close() {
    if (budget_) budget_->give(used_ + spare_);
    used_ = spare_ = 0;
  }

  /// Returns false if there is no room for so many more bytes.
  bool take(std::uint64_t bytes) {
    const std::uint64_t own = std::min(bytes, spare_);
    if (bytes > own && !budget_->take(bytes - own)) return false;
    spare_ -= own;
    used_ += bytes;
    return true;
  }
  void give(std::uint64_t bytes) {
    used_ -= bytes;
    spare_ += bytes;
  }
  /// Takes back what was given in this call.
  void take_back(std::uint64_t bytes) {
    spare_ -= bytes;
    used_ += bytes;
  }
  void settle() {
    if (spare_ > 0) budget_->give(spare_);
    spare_ = 0;
  }

 private:
  StateBudget* budget_ = nullptr;
  std::uint64_t used_ = 0;
  std::uint64_t spare_ = 0;
};

}  // namespace weir::stages::core
