#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "weir/origin.h"

namespace weir {

/// How an origin ended. In ascending order of weight: an origin with several children gets the
/// heaviest of theirs.
enum class Outcome : std::uint8_t {
  filtered,
  aggregated,
  delivered,
  shed,
  skipped,
  dead_lettered,
  abandoned
};
constexpr std::size_t kOutcomes = 7;
constexpr std::array<const char*, kOutcomes> kOutcomeNames = {
    "filtered", "aggregated", "delivered", "shed", "skipped", "dead_lettered", "abandoned"};

enum class RunStatus : std::uint8_t { ok, failed, interrupted, stuck };

/// Some of the first errors of each stage and kind, with where they came from.
struct ErrorSample {
  std::string stage;
  std::string kind;
  std::string message;
  Origin origin;
  std::string part;     ///< The part's name (a file), if it has one.
  std::string excerpt;  ///< The beginning of the record's text.
  int attempts = 1;
};

/// What a record was doing when somebody looked at it.
enum class Doing : std::uint8_t {
  queued,   ///< For a permit: others run.
  rated,    ///< Waits for a token of its `rate`.
  running,  ///< In a call.
  backoff,  ///< Between two attempts.
  memory,   ///< Waits for memory.
  leaving   ///< Done; waits for what comes behind it.
};
constexpr std::array<const char*, 6> kDoingNames = {
    "waits for a permit",  "waits for its rate", "runs",
    "waits to be retried", "waits for memory",   "waits for the stages below"};

/// The head of line: the oldest record in flight. In the order of the input all others wait for it.
/// Empty stage: none.
struct HeadOfLine {
  std::string stage;
  Origin origin;
  std::string part;  ///< The part's name (a file), if it has one.
  Doing doing = Doing::running;
  int attempt = 1;
  double seconds = 0;  ///< How long it has been the oldest, or in its stage if that is shorter.
  bool holds = true;   ///< Whether others wait for it: not where they need not come in order.
};

/// What a stage's calls came to, where it is called record by record.
struct CallReport {
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t hedges = 0;
  std::uint64_t hedges_won = 0;
  std::uint64_t late = 0;         ///< Answers that came when nobody waited any more.
  std::uint64_t written_off = 0;  ///< Threads that hung in a call and were replaced.
  std::uint64_t shed = 0;
  std::uint64_t evicted = 0;       ///< Keys whose state made room for others.
  int workers = 0;                 ///< The limit at the end of the run.
  int peak_workers = 0;            ///< Calls that ran at the same time.
  std::uint64_t peak_records = 0;  ///< In the reorder buffer, waiting and running ones included.
  double p50 = 0, p99 = 0;         ///< Seconds of successful attempts; 0 if none.
};

/// One input of a merge.
struct InputReport {
  enum class State : std::uint8_t { live, idle, ended };
  std::string from;  ///< The stage.
  std::uint64_t records = 0;
  State state = State::live;
  std::uint64_t idled = 0;  ///< How often it was silent for so long that the merge went on without.
};
constexpr std::array<const char*, 3> kInputStateNames = {"live", "idle", "ended"};

struct StageReport {
  std::string name;
  std::string type;
  std::uint64_t in = 0;                           ///< Records that entered.
  std::uint64_t out = 0;                          ///< Records that went on.
  std::map<std::string, std::uint64_t> errors;    ///< By kind.
  std::map<std::string, std::uint64_t> counters;  ///< The stage's own.
  double busy_seconds = 0;                        ///< Over all threads.
  std::optional<CallReport> calls{};
  std::vector<InputReport> inputs{};  ///< Of a merge.
};

/// What a run closes with. Invariant: `read` equals the sum of `outcomes`.
struct Report {
  RunStatus status = RunStatus::ok;
  /// Why it failed or is stuck: stage, kind, message, origin. Empty stage: none.
  ErrorSample failure;
  /// The signal that interrupted it, 0 if none.
  int signal = 0;
  /// A call into a stage never came back: its thread still runs, on the plan and its stages. Leave
  /// them alone, or the process.
  bool hung = false;

  std::uint64_t read = 0;                           ///< Records that left the source.
  std::uint64_t bytes_read = 0;                     ///< Their text.
  std::array<std::uint64_t, kOutcomes> outcomes{};  ///< Of origins; indexed by Outcome.
  /// Outcomes by reason: the stage where they came about, or `after_take`.
  std::array<std::map<std::string, std::uint64_t>, kOutcomes> reasons;
  std::uint64_t kept = 0;       ///< Errors that went on as records (`on_error: keep`).
  std::uint64_t delivered = 0;  ///< Records that the sink took, made ones included.

  std::uint64_t peak_records = 0;  ///< In flight.
  std::uint64_t peak_memory = 0;   ///< Bytes charged to the ledger.
  std::uint64_t batches = 0;
  std::uint64_t finished_at_head = 0;  ///< Batches that ran out of memory and were finished singly.

  double seconds = 0;
  int threads = 0;
  std::vector<StageReport> stages;
  std::vector<ErrorSample> samples;
  std::string leftover;  ///< What the sink left behind of an unfinished output.

  HeadOfLine longest_hold;  ///< The record that held all others for longest.
  HeadOfLine held_the_end;  ///< What a shutdown was still waiting for when it gave up.
};

}  // namespace weir
