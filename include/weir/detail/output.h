#pragma once

#include <cstdint>
#include <new>

#include "weir/detail/record_data.h"

namespace weir::detail {

/// A growing array of the records that a call emits; the engine owns its memory and charges the
/// ledger for it.
class Output {
 public:
  virtual ~Output() = default;

  /// Appends a fresh record. Throws OutOfMemory. Pointers to earlier records become invalid.
  RecordData& push() {
    if (size_ == capacity_) grow();
    return *new (data_ + size_++) RecordData();
  }
  std::uint32_t size() const { return size_; }
  RecordData* data() const { return data_; }

 protected:
  virtual void grow() = 0;

  RecordData* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace weir::detail
