#pragma once

#include <cstdint>

namespace weir {

/// The part of `limits.memory` from which a source takes what it holds beside its records, such as
/// the window of a decoder. What is taken from it is missing for records, so that both together
/// stay inside the limit. Thread-safe.
class MemoryShare {
 public:
  virtual ~MemoryShare() = default;
  /// Takes `bytes`. Returns false, and takes nothing, while there is no room for them.
  [[nodiscard]] virtual bool take(std::uint64_t bytes) = 0;
  virtual void give(std::uint64_t bytes) = 0;
  /// The most bytes that can be taken at any time.
  virtual std::uint64_t limit() const = 0;
};

}  // namespace weir
