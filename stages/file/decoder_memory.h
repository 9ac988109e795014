#pragma once

#include <cstdint>
#include <string>

#include "weir/memory_share.h"

namespace weir::stages::file {

/// The bytes that a decoder may hold if nobody says how many.
constexpr std::uint64_t kWindow = std::uint64_t{256} << 20;

/// The memory of one decoder: how much it may hold, and how much of that it has taken. It gives all
/// back when it dies.
class DecoderMemory {
 public:
  /// What decoders may hold: `most` bytes each, taken from `share` if there is one.
  struct Bound {
    std::uint64_t most = kWindow;
    MemoryShare* share = nullptr;

    std::uint64_t limit() const { return share ? share->limit() : most; }
  };
  explicit DecoderMemory(const Bound& bound) : bound_(bound) {}
  ~DecoderMemory() {
    if (bound_.share && held_ > 0) bound_.share->give(held_);
  }
  DecoderMemory(const DecoderMemory&) = delete;
  DecoderMemory& operator=(const DecoderMemory&) = delete;

  /// Holds at least `bytes` from now on. Returns false if it cannot: `needs` then says how many
  /// bytes are more than it may ever hold, or `waits` that there is no room for them now.
  bool hold(std::uint64_t bytes) {
    needs_ = bytes > bound_.limit() ? bytes : 0;
    waits_ = false;
    if (needs_ > 0) return false;
    if (bytes <= held_) return true;
    waits_ = bound_.share && !bound_.share->take(bytes - held_);
    if (!waits_) held_ = bytes;
    return !waits_;
  }
  std::uint64_t needs() const { return needs_; }
  bool waits() const { return waits_; }
  std::uint64_t limit() const { return bound_.limit(); }

  /// Returns what is wrong after `needs`: "needs 129 MiB of memory, ...".
  std::string refusal() const;

 private:
  Bound bound_;
  std::uint64_t held_ = 0;
  std::uint64_t needs_ = 0;
  bool waits_ = false;
};

}  // namespace weir::stages::file
