#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "weir/call.h"
#include "weir/error.h"
#include "weir/record.h"

namespace weir {

namespace detail {

/// The engine's side of a Completion: one attempt at a record that the stage answers later.
class Answerable {
 public:
  virtual ~Answerable() = default;
  virtual Record record() = 0;
  virtual Call& call() = 0;
  /// Ends the attempt with the record as it is now: live, dropped, failed, or replaced by the
  /// records that the call emitted.
  virtual void answer() noexcept = 0;
  /// Ends the attempt in the same way after `time`, by the run's timer.
  virtual void answer_after(std::chrono::nanoseconds time) noexcept = 0;
  /// Makes the exception being handled the error of the record. Call it only inside a catch block.
  virtual void thrown() noexcept {
    try {
      throw;
    } catch (const Error& e) {
      record().fail(e.kind(), e.what(), e.retryable());
    } catch (const std::exception& e) {
      record().fail("exception", e.what());
    } catch (...) {
      record().fail("exception", "unknown exception");
    }
  }
  /// Fails the attempt, because its Completion was destroyed without an answer.
  virtual void let_go() noexcept {
    record().fail("unanswered", "the stage let go of the record without an answer");
    answer();
  }
  /// Stops the attempt's clocks until `begins`; see `Completion::waits`.
  virtual void waits() noexcept {}
  virtual void begins() noexcept {}
  virtual bool cancelled() const = 0;
  virtual void on_cancel(std::function<void()> function) = 0;
};

}  // namespace detail

/// The handle with which an AsyncTransform answers one attempt at a record: once, from any thread.
/// Move-only.
///
/// The record and the call are private to this attempt, so that a late answer (past a deadline, or
/// slower than a hedge) is discarded without harm. The first answer stands; later ones do nothing.
/// A Completion that is destroyed without an answer fails the attempt (kind `unanswered`).
class Completion {
 public:
  Completion() = default;
  explicit Completion(std::shared_ptr<detail::Answerable> attempt) : attempt_(std::move(attempt)) {}
  Completion(Completion&&) = default;
  Completion& operator=(Completion&& other) noexcept {
    if (this != &other) {
      abandon();
      attempt_ = std::move(other.attempt_);
    }
    return *this;
  }
  ~Completion() { abandon(); }

  /// Returns the record, to read and to change until the answer. Throws std::logic_error after the
  /// answer. For use by one thread at a time.
  Record record() { return unanswered().record(); }
  Call& call() { return unanswered().call(); }

  /// Lets the record go on as it is now: changed, dropped, failed, or replaced by the records that
  /// `call` emitted.
  void done() noexcept {
    if (attempt_) std::exchange(attempt_, nullptr)->answer();
  }
  /// Answers after `fill(Record&, Call&)`. An exception from `fill`, also one for want of memory,
  /// becomes the error of the attempt. A stage that changes the record on a thread of its own does
  /// it here.
  template <class Fill>
  void done(Fill&& fill) noexcept {
    // A copy, since `fill` may answer itself.
    const std::shared_ptr<detail::Answerable> attempt = attempt_;
    if (!attempt) return;
    try {
      Record changed = attempt->record();
      fill(changed, attempt->call());
    } catch (...) {
      if (attempt_) attempt->thrown();
    }
    done();
  }
  /// Answers after `time`. The wait occupies no thread.
  void done_after(std::chrono::nanoseconds time) noexcept {
    if (attempt_) std::exchange(attempt_, nullptr)->answer_after(time);
  }
  /// Fails the attempt. A retry makes no sense before `retry_after` has passed.
  void fail(std::string_view kind, std::string_view message, bool retryable = true,
            std::chrono::nanoseconds retry_after = {}) noexcept {
    done([&](Record& record, Call&) { record.fail(kind, message, retryable, retry_after); });
  }

  /// `waits` says that the attempt waits for its turn, for example for one of a few connections;
  /// `begins` says that the turn has come. Between the two, its `timeout` and the time to a hedge
  /// stand still, and the wait does not count into the duration of the call; the record's
  /// `deadline` goes on. A second call of either does nothing.
  void waits() noexcept {
    if (attempt_) attempt_->waits();
  }
  void begins() noexcept {
    if (attempt_) attempt_->begins();
  }

  /// Returns whether the answer is no longer needed: a deadline passed, another attempt was faster,
  /// the run is being abandoned, or the answer has come. `on_cancel` calls `function` when one of
  /// the former happens before the answer: at most once, on some thread of the run, or at once if
  /// it has happened already. `function` must not block.
  bool cancelled() const { return !attempt_ || attempt_->cancelled(); }
  void on_cancel(std::function<void()> function) {
    if (attempt_) attempt_->on_cancel(std::move(function));
  }

  explicit operator bool() const { return attempt_ != nullptr; }

 private:
  detail::Answerable& unanswered() const {
    if (!attempt_) throw std::logic_error("the completion was answered before: it has no record");
    return *attempt_;
  }
  void abandon() noexcept {
    if (attempt_) std::exchange(attempt_, nullptr)->let_go();
  }

  std::shared_ptr<detail::Answerable> attempt_;
};

}  // namespace weir
