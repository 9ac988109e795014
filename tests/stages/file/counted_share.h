#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <random>

#include "weir/memory_share.h"

namespace weir::stages::test {

/// A share that counts what is held, and grants about one in so many requests (0: all).
class CountedShare final : public MemoryShare {
 public:
  CountedShare(std::uint64_t limit, unsigned grant_one_in)
      : limit_(limit), grant_one_in_(grant_one_in) {}
  bool take(std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    if (grant_one_in_ > 0 && random_() % grant_one_in_ != 0) return false;
    if (bytes > limit_ - held_) return false;
    held_ += bytes;
    most_ = std::max(most_, held_);
    return true;
  }
  void give(std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    held_ -= bytes;
  }
  std::uint64_t limit() const override { return limit_; }
  std::uint64_t held() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }
  std::uint64_t most() const {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  const std::uint64_t limit_;
  const unsigned grant_one_in_;
  mutable std::mutex mutex_;
  std::mt19937 random_{17};
  std::uint64_t held_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace weir::stages::test
