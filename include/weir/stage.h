#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "weir/batch.h"
#include "weir/call.h"
#include "weir/completion.h"
#include "weir/error.h"
#include "weir/feed.h"
#include "weir/node.h"
#include "weir/time_format.h"

namespace weir {

/// A number that a stage counts; the report shows it beside the stage's name. Thread-safe; add once
/// per batch where possible.
class Counter {
 public:
  void add(std::uint64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<std::uint64_t> value_{0};
};

/// The memory that stages keep from one record to the next, bounded by `limits.state`, in bytes. A
/// stage takes before it keeps something and gives back when it forgets it. All stages of a run
/// share one budget. Thread-safe.
class StateBudget {
 public:
  explicit StateBudget(std::uint64_t limit) : limit_(limit) {}

  /// Takes `bytes`; returns false, and takes nothing, if there is no room for them.
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

/// A stage of a side input: its type, and its options as under `with`.
struct SideStage {
  std::string uses;
  Node with;
};

/// The services that the engine gives a stage before its first record.
class Context {
 public:
  virtual ~Context() = default;
  virtual std::string_view stage_name() const = 0;
  virtual void log(LogLevel level, std::string_view text) = 0;
  /// Returns the counter of that name, which lives as long as the run.
  virtual Counter& counter(std::string_view name) = 0;
  /// The number of records that may be in `process` at the same time.
  virtual int threads() const = 0;
  virtual std::size_t record_limit() const = 0;
  /// The budget for what the stage keeps between records; its type says `.stateful()`. Lives as
  /// long as the run.
  virtual StateBudget& state() = 0;
  /// The compiler of time formats, for TimeFormat(context.times(), spec). Lives as long as the
  /// process.
  virtual const detail::TimeLanguage& times() const = 0;

  /// Reads a side input: a source, and what its records pass, as in a run of their own. Gives
  /// `take` each record, in order and one at a time; its bytes are gone afterwards. Up to `memory`
  /// bytes are in use meanwhile, which the caller has taken of `state`. May be called by any thread
  /// until `close` returns. Throws Error if a record or a stage fails, or `take` throws one: its
  /// message begins with the record's place ("users.csv:3").
  virtual void read_side_input(std::span<const SideStage> /*stages*/, std::uint64_t /*memory*/,
                               const std::function<void(const Record&)>& /*take*/) {
    throw Error("side_input", "no side input can be read here", false);
  }
};

/// A configured instance of a stage type. Its constructor checks options and does no I/O (`weir
/// check` runs it); it throws OptionError. `open` runs before any record, `close` after the last,
/// also when the run failed; both run on one thread. Constness is the thread contract: const
/// members are called concurrently, others one call at a time.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual void open(Context&) {}
  virtual void close() {}
};

/// A stage that makes records. `read` is called by one thread at a time, `load` concurrently with
/// everything.
class Source : public Stage {
 public:
  /// Puts the available records into `feed` and returns; false after the last one. Appends at least
  /// one record or hands out a split, unless nothing is left or `stop` was requested. An exception
  /// fails the run after the records already appended.
  virtual bool read(Feed& feed, Stop stop) = 0;

  /// Loads a split that `read` handed out: appends the records that begin in it until all are in or
  /// `feed.full()`, and moves `split.begin` past the bytes that it has consumed. If some are left,
  /// the engine calls it again.
  virtual void load(Split& /*split*/, Feed& /*feed*/) const {}

  /// Returns whether `read` may wait (a pipe, a socket), so that it needs a thread of its own.
  /// Called after `open`.
  virtual bool blocking() const { return false; }

  /// Returns whether the input has no end of its own (a file that is followed). A signal then ends
  /// it as another input's last byte would: the run ends well. Called after `open`.
  virtual bool endless() const { return false; }

  /// The size of the whole input in bytes, if it is known after `open`.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

/// A stage that works on one record at a time, concurrently and without state: it changes the
/// record, drops it, fails it, or emits others in its place. When memory is short, the engine may
/// discard a call and repeat it later for the same record, so a call must have no effects outside
/// its record.
class Transform : public Stage {
 public:
  virtual void process(Record& record, Call& call) const = 0;
  /// Emits what comes before the first record (a header line).
  virtual void begin(Call&) const {}
};

/// A stage like Transform for whole batches, for work that pays across records. It changes, drops
/// and fails records (`Batch::each`) and emits none. An exception outside `each` fails all of them.
class BatchTransform : public Stage {
 public:
  virtual void process(Batch& batch, Call& call) const = 0;
};

/// A stage with state: it sees all records, in order, one at a time.
class SerialTransform : public Stage {
 public:
  virtual void process(Record& record, Call& call) = 0;
  /// Emits the rest after the last record. Returns true to be called again (when `call.full()`),
  /// false when all is emitted. Not called when the run failed.
  virtual bool finish(Call&) { return false; }

  /// The time at which `tick` is called if no record comes before; nothing if it need not be. The
  /// engine asks after each batch. For types that say `.timed()`.
  virtual std::optional<std::chrono::steady_clock::time_point> due() const { return std::nullopt; }
  /// Emits what is due at the time that `due` returned. Returns true to be called again (when
  /// `call.full()`).
  virtual bool tick(Call&) { return false; }
};

/// A stage that works on one record at a time and answers later, for work that waits (a service, a
/// timer) without occupying a thread. `workers` says how many records it may have at the same time;
/// thousands are normal.
class AsyncTransform : public Stage {
 public:
  /// Starts work on `completion.record()` and returns soon; the answer may come from any thread,
  /// also before `start` returns. Called by one thread at a time. An exception fails the attempt.
  virtual void start(Completion completion) = 0;
};

/// A stage that consumes records, in order, one batch at a time.
class Sink : public Stage {
 public:
  /// Writes the records of the batch. A record that it fails is not delivered; an exception fails
  /// all that have not failed yet. When it returns, the others count as delivered.
  virtual void write(Batch& batch) = 0;
  /// Returns whether nobody reads any longer what it writes (`| head`). From then on the records
  /// that it drops, and all that follow, end as filtered, and the run is none the worse for it.
  virtual bool reader_gone() const { return false; }
  /// Makes the output final, after a run that ended well. Called before `close`; an exception fails
  /// the run.
  virtual void commit() {}
  /// Names what an uncommitted run leaves behind ("out.csv.partial"); empty if nothing.
  virtual std::string leftover() const { return {}; }
  /// Returns whether the sink writes to standard output: on a terminal, nothing else is shown
  /// meanwhile.
  virtual bool writes_stdout() const { return false; }
};

}  // namespace weir
