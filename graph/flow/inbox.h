#pragma once

#include <deque>
#include <mutex>

namespace weir {

class Token;

/// The tokens that wait for a parallel node, oldest first. oneTBB runs the newest task of a thread
/// first, which would starve the oldest token and stall everything that waits for it in order; so a
/// message only says that there is one more token, and the body takes the oldest. One lock a batch.
class Inbox {
 public:
  void push(Token* token) {
    const std::lock_guard lock(mutex_);
    tokens_.push_back(token);
  }
  Token* pop() {
    const std::lock_guard lock(mutex_);
    Token* token = tokens_.front();
    tokens_.pop_front();
    return token;
  }

 private:
  std::mutex mutex_;
  std::deque<Token*> tokens_;
};

}  // namespace weir
