#pragma once

#include <cstdint>
#include <optional>

namespace weir {

/// How far the resident set of this process rises: what the kernel says of its memory, whatever a
/// ledger says.
class ResidentPeak {
 public:
  /// Begins to watch. What malloc keeps of earlier tests is given back before.
  ResidentPeak();

  /// How far the set has risen since, at its highest. Nothing under a sanitizer, which has memory
  /// of its own for ours; nor where the kernel does not tell, and then the test case is skipped.
  std::optional<std::uint64_t> above() const;

 private:
  bool known_;
  std::uint64_t before_ = 0;
};

}  // namespace weir
