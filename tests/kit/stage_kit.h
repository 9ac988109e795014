#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/registry.h"

namespace weir::kit {

/// A record as a test writes and compares it. Field values are written as JSON would show them:
/// text in quotes, numbers, true, null, nested JSON raw; see `show`.
struct Datum {
  std::string text;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string error;       ///< "kind: message" of a record that failed; empty otherwise.
  std::uint8_t port = 0;   ///< Of an output: by which port it left.
  std::uint8_t input = 0;  ///< Of an input: by which of a merge's inputs it comes.

  friend bool operator==(const Datum&, const Datum&) = default;
};

/// Shows a value the way `Datum::fields` holds it.
std::string show(const Value& value);

/// For Catch2's messages.
std::ostream& operator<<(std::ostream& out, const Datum& datum);

/// What a record's error says beside its kind and message.
struct Failure {
  bool retryable = true;
  std::chrono::nanoseconds retry_after{0};
};

/// Builds the `with:` of a stage without YAML.
Node scalar(std::string text);
Node list(std::vector<std::string> items);
Node map(std::vector<std::pair<std::string, Node>> entries);

/// Runs one stage without a graph: binds its options as the runner would, then feeds it records in
/// batches of `cut` (0: all at once). An async stage gets a whole batch before the first answer is
/// waited for; a blocking one works on it with `workers` threads; a keyed one has a state for each
/// value of its key.
class StageKit {
 public:
  /// Options that are wrong throw std::runtime_error with all messages, hints in brackets.
  StageKit(const Registry& registry, const std::string& type, Node with = map({}),
           std::vector<std::string> key = {});
  ~StageKit();

  /// What comes out of a transform, errors in their places; begin and finish included. Throws
  /// std::logic_error if a record gets no answer within a minute.
  std::vector<Datum> transform(const std::vector<Datum>& input, std::size_t cut = 0);
  /// The same at cuts 1, 7 and all, checked to be equal; throws std::logic_error if they are not.
  std::vector<Datum> transform_at_every_cut(const std::vector<Datum>& input);

  /// The same in steps, for a stage that has a clock: `open`, any of the others, then `finish`.
  /// Each gives what came out meanwhile. `tick` does not look at `due`.
  std::vector<Datum> open();
  std::vector<Datum> feed(const std::vector<Datum>& input, std::size_t cut = 0);
  std::optional<std::chrono::steady_clock::time_point> due() const;
  std::vector<Datum> tick();
  std::vector<Datum> finish();

  /// Reads a source to its end in batches of `cut` records (0: 1,000), loading splits at once.
  std::vector<Datum> read(std::size_t cut = 0);
  /// Origins of the records of the last `read`, in order.
  const std::vector<Origin>& origins() const;

  /// Writes records to a sink in batches of `cut`, then commits and closes it.
  void write(const std::vector<Datum>& input, std::size_t cut = 0, bool commit = true);

  /// Of the last `transform`: what its errors said, in order; when each record was answered that
  /// an async stage answered with `done_after`; what the stage counted under `counter`.
  const std::vector<Failure>& failures() const;
  const std::vector<std::chrono::nanoseconds>& waits() const;
  std::uint64_t count(const std::string& counter) const;

  void set_record_limit(std::size_t bytes);
  /// What the next run may keep, 64 MiB unless set, and what the last one keeps.
  void set_state_limit(std::uint64_t bytes);
  std::uint64_t state_used() const;
  /// The bounds of a `key:` that the constructor got.
  void set_key_limit(std::uint64_t max, KeyPolicy::WhenFull when_full);
  /// Which attempt at its records the next `transform` is.
  void set_attempt(int number);
  /// How many threads a blocking stage gets; 2 unless set.
  void set_workers(int workers);
  /// Cancels what is now in an async or blocking stage; from any thread while `transform` runs.
  void cancel();
  Stage& stage();
  Kinds kinds() const;
  Framing framing() const;
  /// The names of the outputs, and whether the stage asks for ticks.
  std::vector<std::string> ports() const;
  bool timed() const;
  const std::vector<std::string>& named_fields() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weir::kit
