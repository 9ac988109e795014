#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "weir/error.h"
#include "weir/option_scalars.h"
#include "weir/stage.h"

namespace weir::stages::lookup {

/// What one table has taken of `limits.state`, and gives back when it goes.
class StateShare {
 public:
  explicit StateShare(StateBudget& budget) : budget_(budget) {}
  ~StateShare() { budget_.give(taken_); }
  StateShare(const StateShare&) = delete;
  StateShare& operator=(const StateShare&) = delete;

  /// Takes `bytes`. Throws Error `state_full` if there is no room for them.
  void take(std::uint64_t bytes) {
    if (!budget_.take(bytes)) {
      throw Error("state_full",
                  "the table does not fit in limits.state (" +
                      OptionType<Bytes>::show(Bytes{budget_.limit()}) + ")",
                  false);
    }
    taken_ += bytes;
  }
  void give(std::uint64_t bytes) {
    budget_.give(bytes);
    taken_ -= bytes;
  }

  /// Appends to a vector whose memory is charged here. While it grows, both copies are charged.
  template <class T>
  void push(std::vector<T>& list, T value) {
    if (list.size() == list.capacity()) {
      const std::size_t before = list.capacity();
      const std::size_t after = std::max<std::size_t>(16, 2 * before);
      take(after * sizeof(T));
      list.reserve(after);
      give(before * sizeof(T));
    }
    list.push_back(std::move(value));
  }

 private:
  StateBudget& budget_;
  std::uint64_t taken_ = 0;
};

}  // namespace weir::stages::lookup
