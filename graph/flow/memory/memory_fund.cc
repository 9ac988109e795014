#include "graph/flow/memory/memory_fund.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>

namespace weir::flow {
namespace {

/// Small enough to come from malloc's own heap, so that a freed part stays with malloc.
constexpr std::size_t kPart = 64 * 1024;
constexpr std::size_t kParts = 64;
constexpr std::size_t kPartsAtOnce = 4;
/// A refusal this soon after another one belongs to the same request.
constexpr auto kSame = std::chrono::milliseconds(1);

// Global, because the handler of operator new is.
std::array<std::atomic<void*>, kParts> parts;  // NOLINT
std::atomic<std::uint64_t> refusals{0};        // NOLINT

bool spend() {
  std::size_t spent = 0;
  for (auto& part : parts) {
    void* const at = part.exchange(nullptr);
    if (!at) continue;
    std::free(at);
    if (++spent == kPartsAtOnce) break;
  }
  return spent > 0;
}

/// Returns whether malloc has nothing left at all, rather than less than was requested.
bool has_nothing() {
  void* const probe = std::malloc(kPart);
  std::free(probe);
  return !probe;
}

void on_refusal() {
  using Clock = std::chrono::steady_clock;
  static thread_local Clock::time_point asked_again;
  if (has_nothing()) {
    refusals.fetch_add(1);
    if (spend()) return;
    throw std::bad_alloc();
  }
  const auto now = Clock::now();
  if (now - asked_again < kSame) throw std::bad_alloc();
  asked_again = now;
}

}  // namespace

void lay_memory_by() {
  for (auto& part : parts) {
    if (part.load()) continue;
    void* const at = std::malloc(kPart);
    void* none = nullptr;
    if (!part.compare_exchange_strong(none, at)) std::free(at);
  }
  std::set_new_handler(on_refusal);
}

std::uint64_t memory_refusals() { return refusals.load(std::memory_order_relaxed); }

void note_memory_refusal() { refusals.fetch_add(1); }

}  // namespace weir::flow
