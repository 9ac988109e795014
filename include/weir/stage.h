#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weir/batch.h"
#include "weir/call.h"
#include "weir/completion.h"
#include "weir/feed.h"

namespace weir {

/// A number that a stage counts; shown beside its name in the report. Add per batch if you can.
class Counter {
 public:
  void add(std::uint64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<std::uint64_t> value_{0};
};

/// What stages keep from one record to the next, against `limits.state`: a stage takes before it
/// keeps and gives back when it forgets. One for all stages of a run. Thread-safe.
class StateBudget {
 public:
  explicit StateBudget(std::uint64_t limit) : limit_(limit) {}

  /// False: there is no room for so many bytes more.
  bool take(std::uint64_t bytes) {
    std::uint64_t used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ - used) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    std::uint64_t peak = peak_.load(std::memory_order_relaxed);
    while (used + bytes > peak && !peak_.compare_exchange_weak(peak, used + bytes)) {
    }
    return true;
  }
  void give(std::uint64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  std::uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  std::uint64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const { return limit_; }

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> peak_{0};
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// What a stage gets before its first record.
class Context {
 public:
  virtual ~Context() = default;
  virtual std::string_view stage_name() const = 0;
  virtual void log(LogLevel level, std::string_view text) = 0;
  /// Lives as long as the run; the same name gives the same counter.
  virtual Counter& counter(std::string_view name) = 0;
  /// How many records may be in `process` at the same time.
  virtual int threads() const = 0;
  virtual std::size_t record_limit() const = 0;
  /// For what the stage keeps between records; its type says `.stateful()`. Lives as long as the
  /// run.
  virtual StateBudget& state() = 0;
};

/// A configured instance of a stage type. Its constructor checks options and does no I/O (`weir
/// check` runs it; throw OptionError); `open` comes before any record, `close` after the last, also
/// when the run failed. All three run on one thread. Constness is the thread contract: const
/// members are called concurrently, others one call at a time.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void open(Context&) {}
  virtual void close() {}
};

/// Makes records. One call of `read` at a time; `load` concurrently with everything.
class Source : public Stage {
 public:
  /// Puts what is there into `feed`, at least one record or a split unless nothing is left or
  /// `stop` was requested, and returns; false: that was all. What it throws fails the run behind
  /// the records already appended.
  virtual bool read(Feed& feed, Stop stop) = 0;

  /// Loads a split that `read` handed out: appends the records that begin in it until all are in
  /// or `feed.full()`, moving `split.begin` past what was dealt with. Called again for the rest.
  virtual void load(Split& /*split*/, Feed& /*feed*/) const {}

  /// Whether `read` may wait (a pipe, a socket): it then gets a thread of its own. Asked after
  /// `open`.
  virtual bool blocking() const { return false; }

  /// Bytes of input in all, if known after `open`.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// Works on one record at a time, concurrently, without state: change the record, drop it, fail
/// it, or emit others in its place. When memory runs short a call may be thrown away and made
/// again later for the same record, so a call has no effects outside its record.
class Transform : public Stage {
 public:
  virtual void process(Record& record, Call& call) const = 0;
  /// Emits what stands before the first record (a header line).
  virtual void begin(Call&) const {}
};

/// The same for a whole batch, where work across records pays. It changes, drops and fails
/// records (`Batch::each`) and emits none. What is thrown outside `each` fails all of them.
class BatchTransform : public Stage {
 public:
  virtual void process(Batch& batch, Call& call) const = 0;
};

/// Has state: sees all records, in order, one at a time.
class SerialTransform : public Stage {
 public:
  virtual void process(Record& record, Call& call) = 0;
  /// After the last record: emits what is left. Return true to be called again (when
  /// `call.full()`), false when all is out. Not called when the run failed.
  virtual bool finish(Call&) { return false; }

  /// When `tick` is to be called if nothing comes before; asked when a batch is done. For types
  /// that say `.timed()`.
  virtual std::optional<std::chrono::steady_clock::time_point> due() const { return std::nullopt; }
  /// The time that `due` said has come: emits what is due. Return true to be called again (when
  /// `call.full()`).
  virtual bool tick(Call&) { return false; }
};

/// Works on one record at a time and answers later: for what waits (a service, a timer) without
/// occupying a thread. `workers` says how many records it may have at the same time; thousands are
/// normal.
class AsyncTransform : public Stage {
 public:
  /// Starts work on `completion.record()` and returns soon; the answer may come from any thread,
  /// also before `start` returns. Called by one thread at a time. What it throws fails the attempt.
  virtual void start(Completion completion) = 0;
};

/// Consumes records, in order, one batch at a time.
class Sink : public Stage {
 public:
  /// Writes the records of the batch. A record that it fails was not delivered; a throw fails all
  /// that are not yet failed. When it returns, the others count as delivered.
  virtual void write(Batch& batch) = 0;
  /// The run ended well: make the output final. Before `close`; what it throws fails the run.
  virtual void commit() {}
  /// Names what an uncommitted run leaves behind ("out.csv.partial"); empty: nothing.
  virtual std::string leftover() const { return {}; }
  /// Whether it writes to standard output: on a terminal nothing else may be shown meanwhile.
  virtual bool writes_stdout() const { return false; }
};

}  // namespace weir
