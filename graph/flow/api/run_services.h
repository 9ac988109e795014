#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/compile/plan/plan.h"
#include "graph/flow/api/report.h"
#include "graph/flow/policy/chaos.h"

namespace weir::flow {

/// The faults to inject, at the named stages, or at all transforms if none is named.
struct ChaosOptions {
  ChaosPlan plan;
  std::vector<std::string> stages;
};

/// The callbacks and settings that the engine needs from its surroundings.
struct RunServices {
  /// Reads a path in raw JSON (stages/json); see detail::Host::json_at.
  std::function<Value(std::string_view json, std::span<const std::string> steps,
                      detail::Arena& arena)>
      json_at;
  /// Compiles time formats (stages/time); see Context::times.
  const detail::TimeLanguage* times = nullptr;
  /// Takes the log lines of the stages and the engine.
  std::function<void(LogLevel level, std::string_view stage, std::string_view text)> log;
  /// The faults to inject; LoadOptions::chaos must name the same stages.
  std::optional<ChaosOptions> chaos;
  /// Takes every error of a record, in the order in which they are booked (`--errors`).
  std::function<void(const ErrorSample&)> error;
  /// The time after which a run in which nothing moves, though nothing is being waited for, fails
  /// as stuck.
  std::chrono::milliseconds stuck_after{5000};
  /// The number of a batch that vanishes on its way, like a lost message. Tests of the above set
  /// it.
  std::optional<std::uint64_t> lose_batch;
};

/// A snapshot of a run in progress.
struct Progress {
  std::uint64_t read = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t delivered = 0;
  std::uint64_t records_in_flight = 0;
  std::uint64_t memory = 0;
  std::optional<std::uint64_t> size;  ///< Bytes of the whole input, if the sources know.
  std::uint64_t consumed = 0;         ///< Bytes of the input that were handed out.
  HeadOfLine head;                    ///< The record that all others wait for now.
};

/// Sees the first records as they pass (`weir try`). Called on one thread at a time.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Takes a record of the source, or one that a stage emitted or let pass. Not called for records
  /// that the stage ended.
  virtual void after(compile::StageId stage, Record& record) = 0;
  /// Takes a record that `stage` ended; `how` names the outcome.
  virtual void ended(compile::StageId stage, const Record& record, std::string_view how) = 0;
};

/// Returns a text such as "access.ndjson, record at 1234 holds all others: runs for 3.2 s, attempt
/// 2".
std::string head_text(const HeadOfLine& head);

}  // namespace weir::flow
