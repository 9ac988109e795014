#pragma once

#include <deque>

#include "graph/flow/sync/mutex.h"

namespace weir::flow {

class Token;

/// The tokens that wait for a parallel node, oldest first. oneTBB runs a thread's newest task
/// first, which would starve the oldest token and stall everything that waits for it in order.
/// Therefore a message only says that there is one more token, and the node's body takes the oldest
/// one. Thread-safe; one lock for each batch.
class Inbox {
 public:
  void push(Token* token) {
    const Lock lock(mutex_);
    tokens_.push_back(token);
  }
  Token* pop() {
    const Lock lock(mutex_);
    Token* token = tokens_.front();
    tokens_.pop_front();
    return token;
  }

 private:
  Mutex mutex_;
  std::deque<Token*> tokens_ WEIR_GUARDED_BY(mutex_);
};

}  // namespace weir::flow
