#include "stages/lookup/row_store.h"

#include <algorithm>
#include <cstring>

namespace weir::stages::lookup {

std::uint32_t RowStore::add_row() {
  share_.push(begins_, std::uint64_t{cells_.size()});
  return rows() - 1;
}

void RowStore::set(std::size_t column, Value value) {
  if (value.has_bytes()) value = value.with_bytes(keep(value.as_text()));
  const std::size_t begin = begins_.back();
  while (cells_.size() - begin <= column) share_.push(cells_, Value());
  cells_[begin + column] = value;
}

std::string_view RowStore::keep(std::string_view bytes) {
  if (bytes.size() > left_) {
    const std::size_t size = std::max(bytes.size(), kBlock);
    share_.take(size);
    share_.push(blocks_, std::unique_ptr<char[]>(new char[size]));
    // A block of its own for a long text leaves the current one in use.
    if (size > kBlock) {
      std::memcpy(blocks_.back().get(), bytes.data(), size);
      return {blocks_.back().get(), size};
    }
    free_ = blocks_.back().get();
    left_ = size;
  }
  if (bytes.empty()) return {};
  std::memcpy(free_, bytes.data(), bytes.size());
  const std::string_view kept(free_, bytes.size());
  free_ += bytes.size();
  left_ -= bytes.size();
  return kept;
}

}  // namespace weir::stages::lookup
