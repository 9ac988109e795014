#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "stages/lookup/state_share.h"
#include "weir/value.h"

namespace weir::stages::lookup {

/// The rows of a table: values by row and column, and the bytes of all of them. Its memory is
/// charged before it is taken. A row may be shorter than later ones; what it lacks is null.
class RowStore {
 public:
  explicit RowStore(StateShare& share) : share_(share) {}

  /// Begins a row and returns its number.
  std::uint32_t add_row();
  /// Sets a value of the newest row. Its bytes are copied.
  void set(std::size_t column, Value value);
  /// Copies bytes that live as long as the store.
  std::string_view keep(std::string_view bytes);

  std::uint32_t rows() const { return static_cast<std::uint32_t>(begins_.size()); }
  /// Has the memory of a row come while something else is done: first where it is, then it.
  void fetch_place(std::uint32_t row) const { __builtin_prefetch(&begins_[row]); }
  void fetch_cells(std::uint32_t row) const {
    if (begins_[row] < cells_.size()) __builtin_prefetch(&cells_[begins_[row]]);
  }
  Value get(std::uint32_t row, std::size_t column) const {
    const std::size_t begin = begins_[row];
    const std::size_t end = row + 1 < begins_.size() ? begins_[row + 1] : cells_.size();
    return column < end - begin ? cells_[begin + column] : Value();
  }

 private:
  static constexpr std::size_t kBlock = 64 << 10;

  StateShare& share_;
  std::vector<std::uint64_t> begins_;  ///< Where each row begins in `cells_`.
  std::vector<Value> cells_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;  ///< The unused rest of the newest block.
  std::size_t left_ = 0;
};

}  // namespace weir::stages::lookup
