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

/// A record as a test writes and compares it. Field values are written as JSON shows them: text in
/// quotes, numbers, true, null, nested JSON raw; see `show`.
struct Datum {
  std::string text;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string error;       ///< "kind: message" of a record that failed; empty otherwise.
  std::uint8_t port = 0;   ///< For output: the port by which it left.
  std::uint8_t input = 0;  ///< For input: the input of the merge by which it comes.

  friend bool operator==(const Datum&, const Datum&) = default;
};

/// Shows a value the way `Datum::fields` holds it.
std::string show(const Value& value);

/// Prints a datum for Catch2's messages.
std::ostream& operator<<(std::ostream& out, const Datum& datum);

/// The content of a record's error besides its kind and message.
struct Failure {
  bool retryable = true;
  std::chrono::nanoseconds retry_after{0};
  /// The further names and values of the error, written as in a Datum.
  std::vector<std::pair<std::string, std::string>> told;
};

/// The types that those functions add.
template <void (*... kAdd)(Registry&)>
const Registry& types_of() {
  static const Registry all = [] {
    Registry types;
    (kAdd(types), ...);
    return types;
  }();
  return all;
}

/// These functions build the `with:` of a stage without YAML.
Node scalar(std::string text);
Node list(std::vector<std::string> items);
Node map(std::vector<std::pair<std::string, Node>> entries);

/// Runs one stage without a graph: binds its options as the runner would, then feeds it records in
/// batches of `cut` (0: all at once). An async stage gets a whole batch before the kit waits for
/// the first answer. A blocking stage works on a batch with `workers` threads. A keyed stage has a
/// state for each value of its key.
class StageKit {
 public:
  /// Throws std::runtime_error with all messages, hints in brackets, if options are wrong.
  StageKit(const Registry& registry, const std::string& type, Node with = map({}),
           std::vector<std::string> key = {});
  ~StageKit();

  /// Returns the output of a transform, with errors in their places and the output of begin and
  /// finish. Throws std::logic_error if a record gets no answer within a minute.
  std::vector<Datum> transform(const std::vector<Datum>& input, std::size_t cut = 0);
  /// Runs `transform` at cuts 1, 7 and all. Throws std::logic_error if the outputs differ.
  std::vector<Datum> transform_at_every_cut(const std::vector<Datum>& input);

  /// These are the steps of `transform`, for a stage that has a clock: `open`, then any of the
  /// others, at last `finish`. Each returns what came out meanwhile. `tick` does not look at `due`.
  std::vector<Datum> open();
  std::vector<Datum> feed(const std::vector<Datum>& input, std::size_t cut = 0);
  std::optional<std::chrono::steady_clock::time_point> due() const;
  std::vector<Datum> tick();
  std::vector<Datum> finish();

  /// Reads a source to its end in batches of `cut` records (0: 1,000), loading splits at once.
  std::vector<Datum> read(std::size_t cut = 0);
  /// Returns the origins of the records of the last `read`, in order.
  const std::vector<Origin>& origins() const;

  /// Writes records to a sink in batches of `cut`, commits it if `commit`, and closes it.
  void write(const std::vector<Datum>& input, std::size_t cut = 0, bool commit = true);

  /// These describe the last `transform`: its errors, in order; for records that an async stage
  /// answered with `done_after`, the time of the answer; and the count of a counter.
  const std::vector<Failure>& failures() const;
  const std::vector<std::chrono::nanoseconds>& waits() const;
  std::uint64_t count(const std::string& counter) const;

  void set_record_limit(std::size_t bytes);
  /// The state that the next run may keep, 64 MiB unless set, and that which the last one keeps, in
  /// bytes.
  void set_state_limit(std::uint64_t bytes);
  std::uint64_t state_used() const;
  /// Sets the bounds of the `key:` that the constructor got.
  void set_key_limit(std::uint64_t max, KeyPolicy::WhenFull when_full);
  /// Sets the number of the attempt that the next `transform` makes.
  void set_attempt(int number);
  /// Sets the number of threads of a blocking stage; 2 unless set.
  void set_workers(int workers);
  /// Cancels what is now in an async or blocking stage. Any thread may call it while `transform`
  /// runs.
  void cancel();
  Stage& stage();
  Kinds kinds() const;
  Framing framing() const;
  /// Return the names of the outputs, and whether the stage asks for ticks.
  std::vector<std::string> ports() const;
  bool timed() const;
  const std::vector<std::string>& named_fields() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// What such a stage says of its options, behind the option's name and where in it, if it says
/// that; "accepted" if nothing.
std::string refused(const Registry& registry, const std::string& type, Node with);

}  // namespace weir::kit
