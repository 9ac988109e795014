#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "stages/core/record_charge.h"
#include "stages/core/state_account.h"
#include "weir/call.h"

namespace weir {

/// What a serial stage has closed and not yet emitted. One record may close thousands of windows,
/// and no call may emit more than `limits.record`: the rest leaves with the calls that follow. How
/// much a call emits depends on the items alone, never on the batch.
///
/// An Item has `state`, what it is charged with until it is emitted, and `emitted`, what it takes
/// of `limits.record` then: at most `emitted_share`.
template <class Item>
class Outbox {
 public:
  void open(StateAccount& account, std::size_t record_limit) {
    account_ = &account;
    most_bytes_ = 2 * emitted_share(record_limit);
  }
  void push(Item item) { items_.push_back(std::move(item)); }
  bool empty() const { return items_.empty(); }

  /// What else the call at hand emits takes so much of `limits.record`; before `reserve`.
  void spend(std::size_t bytes) { bytes_ += bytes; }

  /// Takes state for the record at hand, if need be what items will give that leave in this call.
  bool reserve(std::uint64_t bytes) {
    while (!account_->take(bytes)) {
      if (!promise()) return false;
    }
    return true;
  }
  /// The call fails: nothing leaves. What was reserved is given back before.
  void undo() {
    for (std::size_t i = 0; i < promised_; ++i) account_->take_back(items_[i].state);
    end_call();
  }
  /// The call succeeds: emits what a call may.
  template <class Emit>
  void flush(Emit&& emit) {
    while (promise()) {
    }
    for (; promised_ > 0; --promised_) {
      emit(items_.front());
      items_.pop_front();
    }
    end_call();
  }
  /// The same for `finish` and `tick`: true if they are to be called again.
  template <class Emit>
  bool flush_until_full(Call& call, Emit&& emit) {
    while (!items_.empty() && !call.full()) {
      emit(items_.front());
      account_->give(items_.front().state);
      items_.pop_front();
    }
    end_call();
    return !items_.empty();
  }

 private:
  static constexpr std::size_t kMostItems = 1000;

  /// One more item leaves in this call; its state is free for what the call takes.
  bool promise() {
    if (promised_ == items_.size() || promised_ == kMostItems) return false;
    const Item& item = items_[promised_];
    if (bytes_ + item.emitted > most_bytes_) return false;
    bytes_ += item.emitted;
    account_->give(item.state);
    ++promised_;
    return true;
  }
  void end_call() {
    promised_ = 0;
    bytes_ = 0;
    account_->settle();
  }

  StateAccount* account_ = nullptr;
  std::size_t most_bytes_ = 0;
  std::deque<Item> items_;
  std::size_t promised_ = 0;  ///< How many at the front leave in this call.
  std::size_t bytes_ = 0;     ///< What these take.
};

}  // namespace weir
