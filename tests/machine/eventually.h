#pragma once

#include <chrono>
#include <thread>

namespace weir {

/// Waits for what is sure to happen, however slow the machine: true as soon as it has. False after
/// a minute: it hangs.
template <class Condition>
bool eventually(Condition condition) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > patience) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  return true;
}

}  // namespace weir
