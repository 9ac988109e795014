#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "weir/call.h"
#include "weir/error.h"
#include "weir/record.h"

namespace weir {

namespace detail {

/// One attempt at a record, as the engine keeps it for a stage that answers later.
class Answerable {
 public:
  virtual ~Answerable() = default;
  virtual Record record() = 0;
  virtual Call& call() = 0;
  /// Takes the record as it stands: live, dropped, failed, or replaced by what was emitted.
  virtual void answer() noexcept = 0;
  /// The same after a time, by the run's timer.
  virtual void answer_after(std::chrono::nanoseconds time) noexcept = 0;
  /// The record becomes an error of what was thrown. Only inside a catch block.
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
  /// Nobody will answer any more.
  virtual void let_go() noexcept {
    record().fail("unanswered", "the stage let go of the record without an answer");
    answer();
  }
  virtual bool cancelled() const = 0;
  virtual void on_cancel(std::function<void()> function) = 0;
};

}  // namespace detail

/// What an AsyncTransform answers a record with: from any thread, once. Move-only. The record and
/// the call are private to this attempt, so that an answer that comes too late (past a deadline, or
/// behind a faster hedge) touches nobody and is thrown away. If it is destroyed without an answer,
/// the attempt failed (kind `unanswered`).
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

  /// The record to read and to change, until the answer. For use by one thread at a time.
  Record record() { return attempt_->record(); }
  Call& call() { return attempt_->call(); }

  /// The record goes on as it stands: changed, dropped, failed, or as what `call` emitted.
  void done() noexcept { std::exchange(attempt_, nullptr)->answer(); }
  /// The same after `fill(Record&, Call&)`, whose exceptions, want of memory among them, become an
  /// error of the attempt: the way to change a record on a thread of the stage's own.
  template <class Fill>
  void done(Fill&& fill) noexcept {
    try {
      Record changed = attempt_->record();
      fill(changed, attempt_->call());
    } catch (...) {
      attempt_->thrown();
    }
    done();
  }
  /// The same after `time`: a wait that costs no thread.
  void done_after(std::chrono::nanoseconds time) noexcept {
    std::exchange(attempt_, nullptr)->answer_after(time);
  }
  /// The attempt failed. `retry_after`: there is no use in trying again earlier.
  void fail(std::string_view kind, std::string_view message, bool retryable = true,
            std::chrono::nanoseconds retry_after = {}) noexcept {
    done([&](Record& record, Call&) { record.fail(kind, message, retryable, retry_after); });
  }

  /// Whether nobody waits for the answer any more: a deadline passed, another attempt was faster,
  /// the run is being abandoned. `on_cancel` calls `function` when that happens, at most once, on
  /// some thread of the run, or at once if it has happened; it must not wait.
  bool cancelled() const { return attempt_->cancelled(); }
  void on_cancel(std::function<void()> function) { attempt_->on_cancel(std::move(function)); }

  explicit operator bool() const { return attempt_ != nullptr; }

 private:
  void abandon() noexcept {
    if (attempt_) std::exchange(attempt_, nullptr)->let_go();
  }

  std::shared_ptr<detail::Answerable> attempt_;
};

}  // namespace weir
