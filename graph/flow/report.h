#pragma once

#include <array>
#include <cstdint>
#include <map>
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
};

struct StageReport {
  std::string name;
  std::string type;
  std::uint64_t in = 0;                           ///< Records that entered.
  std::uint64_t out = 0;                          ///< Records that went on.
  std::map<std::string, std::uint64_t> errors;    ///< By kind.
  std::map<std::string, std::uint64_t> counters;  ///< The stage's own.
  double busy_seconds = 0;                        ///< Over all threads.
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
};

}  // namespace weir
