#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/flow/order/outcome.h"
#include "weir/origin.h"

namespace weir::flow {

/// How a run ended.
enum class RunStatus : std::uint8_t { ok, failed, interrupted, stuck };

/// One of the first errors of each stage and kind, with its origin.
struct ErrorSample {
  std::string stage;
  std::string kind;
  std::string message;
  Origin origin;
  std::string part;     ///< The part's name (a file), if it has one.
  std::string excerpt;  ///< The beginning of the record's text.
  int attempts = 1;
  std::uint64_t line = 0;  ///< Record::line; 0 if it was not counted.
};

/// The state of a record at the moment when it is observed.
enum class Doing : std::uint8_t {
  queued,   ///< Waits for a permit: others run.
  keyed,    ///< Waits for another call of its key.
  rated,    ///< Waits for a token of its `rate`.
  running,  ///< In a call.
  backoff,  ///< Between two attempts.
  memory,   ///< Waits for memory.
  leaving   ///< Done; waits for the stages below.
};
constexpr std::array<const char*, 7> kDoingNames = {
    "waits for a permit",        "waits for a call of its key",
    "waits for its rate",        "runs",
    "waits to be retried",       "waits for memory",
    "waits for the stages below"};

/// The head of line: the oldest record in flight, for which all others wait in the order of the
/// input. If `stage` is empty, there is none.
struct HeadOfLine {
  std::string stage;
  Origin origin;
  std::string part;  ///< The part's name (a file), if it has one.
  Doing doing = Doing::running;
  int attempt = 1;
  double seconds = 0;  ///< How long it has been the oldest, or in its stage if that is shorter.
  bool holds = true;   ///< True if others wait for it, as they do where they must come in order.
};

/// The counts of a stage's calls, where it is called record by record.
struct CallReport {
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t hedges = 0;
  std::uint64_t hedges_won = 0;
  std::uint64_t late = 0;         ///< Answers of detached attempts, which were discarded.
  std::uint64_t written_off = 0;  ///< Threads that hung in a call and were replaced.
  std::uint64_t shed = 0;
  std::uint64_t evicted = 0;       ///< Keys whose state was dropped to make room for others.
  int workers = 0;                 ///< The limit at the end of the run.
  int peak_workers = 0;            ///< The most calls that ran at the same time.
  std::uint64_t peak_records = 0;  ///< The most records in the input, waiting and running ones.
  double p50 = 0, p99 = 0;         ///< Percentiles of successful attempts in seconds; 0 if none.
};

/// The counts of one input of a merge.
struct InputReport {
  enum class State : std::uint8_t { live, idle, ended };
  std::string from;  ///< The name of the stage above.
  std::uint64_t records = 0;
  State state = State::live;
  std::uint64_t idled = 0;  ///< How often it was silent so long that the merge went on without it.
  /// How many of its records were taken, where the merge takes one of each origin.
  std::optional<std::uint64_t> won;
};
constexpr std::array<const char*, 3> kInputStateNames = {"live", "idle", "ended"};

/// The counts of one stage.
struct StageReport {
  std::string name;
  std::string type;
  std::uint64_t in = 0;                           ///< Records that entered.
  std::uint64_t out = 0;                          ///< Records that went on.
  std::map<std::string, std::uint64_t> errors;    ///< Counts by kind.
  std::map<std::string, std::uint64_t> counters;  ///< The stage's own.
  double busy_seconds = 0;                        ///< Summed over all threads.
  std::optional<CallReport> calls{};
  std::vector<InputReport> inputs{};  ///< The inputs of a merge.
};

/// The closing report of a run. Invariant: `read` equals the sum of `outcomes`.
struct Report {
  RunStatus status = RunStatus::ok;
  /// Why the run failed or is stuck: stage, kind, message, origin. If the kind is empty, it did
  /// neither.
  ErrorSample failure;
  /// The signal that interrupted the run, 0 if none.
  int signal = 0;
  /// True if a call into a stage never returned. Its thread still uses the plan and its stages, so
  /// the caller must leave them alone, or end the process.
  bool hung = false;

  std::uint64_t read = 0;                           ///< Records that left the sources.
  std::uint64_t bytes_read = 0;                     ///< Bytes of their text.
  std::array<std::uint64_t, kOutcomes> outcomes{};  ///< Counts of origins, indexed by Outcome.
  /// Outcomes by reason: the stage where they came about, or a word such as `after_take`.
  std::array<std::map<std::string, std::uint64_t>, kOutcomes> reasons;
  std::uint64_t kept = 0;       ///< Errors of records that went on (`on_error: keep`).
  std::uint64_t delivered = 0;  ///< Records that the sinks took, with or without an origin.
  std::uint64_t made = 0;       ///< Those that stages made by themselves (a header, a window).

  std::uint64_t peak_records = 0;  ///< The most records in flight.
  std::uint64_t peak_memory = 0;   ///< The most bytes charged to the ledger.
  std::uint64_t batches = 0;
  std::uint64_t finished_at_head = 0;  ///< Batches finished singly, after memory ran out.

  double seconds = 0;
  int threads = 0;
  std::vector<StageReport> stages;
  std::vector<ErrorSample> samples;
  std::string leftover;  ///< What the sinks left behind of an unfinished output.

  HeadOfLine longest_hold;  ///< The record that held all others for longest.
  HeadOfLine held_the_end;  ///< The record that a shutdown still waited for when it gave up.
};

}  // namespace weir::flow
