#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "graph/flow/batch/token.h"
#include "graph/flow/sync/mutex.h"

namespace weir::flow {

/// Owns every token of a region, so that none leaks when the graph silently drops a message.
/// Thread-safe.
class TokenPool {
 public:
  /// `all_samples`: every failure of a token keeps its message. `source`: that of the region, if it
  /// has one.
  TokenPool(MemoryPool& memory, std::size_t stages, SourceId source, bool all_samples)
      : memory_(memory), stages_(stages), source_(source), all_samples_(all_samples) {}

  Token* get() {
    const Lock lock(mutex_);
    if (free_.empty()) {
      all_.push_back(std::make_unique<Token>(memory_, stages_));
      if (all_samples_) all_.back()->failures.keep_all_samples();
      all_.back()->source = source_;
      return all_.back().get();
    }
    Token* token = free_.back();
    free_.pop_back();
    return token;
  }
  void put(Token* token) {
    token->reset();
    const Lock lock(mutex_);
    free_.push_back(token);
  }

  /// Returns the oldest token on its way, as far as can be seen from outside; null if there is
  /// none.
  const Token* oldest_seen() const {
    const Lock lock(mutex_);
    const Token* oldest = nullptr;
    for (const auto& token : all_) {
      if (token->sight.since.load(std::memory_order_acquire) == 0) continue;
      if (!oldest || token->sight.number.load() < oldest->sight.number.load()) oldest = token.get();
    }
    return oldest;
  }

  /// Returns the tokens that were taken and not put back.
  std::vector<Token*> alive() const;

 private:
  MemoryPool& memory_;
  const std::size_t stages_;
  const SourceId source_;
  const bool all_samples_;
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Token>> all_ WEIR_GUARDED_BY(mutex_);
  std::vector<Token*> free_ WEIR_GUARDED_BY(mutex_);
};

inline std::vector<Token*> TokenPool::alive() const {
  const Lock lock(mutex_);
  std::vector<Token*> tokens;
  for (const auto& token : all_) {
    if (std::find(free_.begin(), free_.end(), token.get()) == free_.end()) {
      tokens.push_back(token.get());
    }
  }
  return tokens;
}

}  // namespace weir::flow
