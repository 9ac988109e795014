#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

#include "stages/core/state/record_charge.h"
#include "stages/core/state/state_account.h"
#include "weir/call.h"

namespace weir::stages::core {

/// The items that a serial stage has closed and not yet emitted. One record may close thousands of
/// windows, but no call may emit more than `limits.record`: the rest leaves with the calls that
/// follow. How much a call emits depends on the items alone, never on the batch.
///
/// An Item has `state`, the bytes of state that it is charged with until it is emitted, and
/// `emitted`, the bytes of `limits.record` that it takes then: at most `emitted_share`.
template <class Item>
class Outbox {
 public:
  void open(StateAccount& account, std::size_t record_limit) {
    account_ = &account;
    most_bytes_ = 2 * emitted_share(record_limit);
  }
  void push(Item item) { items_.push_back(std::move(item)); }
  bool empty() const { return items_.empty(); }

  /// Counts what the current call emits beside the items. Call it before `reserve`.
  void spend(std::size_t bytes) { bytes_ += bytes; }

  /// Takes state for the current record, if need be that of items which leave in this call. Returns
  /// false if that does not suffice.
  bool reserve(std::uint64_t bytes) {
    while (!account_->take(bytes)) {
      if (!promise()) return false;
    }
    return true;
  }
  /// Ends a call that fails: no item leaves. Call it after giving back what was reserved.
  void undo() {
    for (std::size_t i = 0; i < promised_; ++i) account_->take_back(items_[i].state);
    end_call();
  }
  /// Ends a call that succeeds: emits as many items as a call may.
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
  /// Emits items until the call is full, for `finish` and `tick`. Returns true if these must be
  /// called again.
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

  /// Decides that one more item leaves in this call, and frees its state for what the call takes.
  /// Returns false if no other item may leave.
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
  std::size_t promised_ = 0;  ///< The number of items at the front that leave in this call.
  std::size_t bytes_ = 0;     ///< The bytes of `limits.record` that this call emits.
};

}  // namespace weir::stages::core
