#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weir/options.h"
#include "weir/record.h"

namespace weir::stages::core {

/// An aggregate of the records of a window, such as `count`, `sum(bytes)` or `p99(ms)`.
struct Aggregation {
  enum class Function : std::uint8_t {
    count,
    sum,
    min,
    max,
    avg,
    percentile,
    first,
    last,
    collect
  };
  Function function = Function::count;
  double percent = 0;  ///< From 0 to 100, for `percentile`.
  Field field;         ///< Empty for a `count` of all records.
  std::string text;
};

/// The value of a record for one aggregate.
struct AggregateInput {
  Value value;
  std::string json;  ///< The value as JSON, for `collect`.

  /// Reads what `aggregation` takes of `record`. Throws Error for a value that it cannot take.
  void read(const Aggregation& aggregation, const Record& record);
  bool missing(const Aggregation& aggregation) const {
    return value.is_null() && !aggregation.field.empty();
  }
};

namespace states {

/// The state of `count`.
struct CountState {
  std::uint64_t records = 0;
};

/// The state of `sum` and `avg`.
struct SumState {
  std::uint64_t values = 0;
  __int128 integers = 0;
  double reals = 0;
  bool exact = true;  ///< True if all values are integers.
};

/// The state of `min`, `max`, `first` and `last`.
struct KeptValue {
  Value value;  ///< Its bytes, if it has any, are in `bytes`.
  std::string bytes;
  bool known = false;

  Value get() const;
  void set(const Value& value);
};

/// The state of a percentile.
struct ValueSet {
  std::vector<double> values;
  bool integers = true;
};

/// The state of `collect`: the items of a JSON array.
struct CollectedJson {
  std::string json;
};

}  // namespace states

/// The state of one aggregate of one window. Sums of integers are exact. Percentiles are exact,
/// too: by nearest rank over all values, which are kept, 8 bytes each.
class Accumulator {
 public:
  explicit Accumulator(const Aggregation& aggregation);

  /// Returns how many more bytes of state it holds once `input` is added.
  std::size_t growth(const Aggregation& aggregation, const AggregateInput& input) const;
  /// Returns the bytes that it holds beside the object itself.
  std::size_t held() const;
  void add(const Aggregation& aggregation, const AggregateInput& input);
  /// Adds the state of another accumulator of the same aggregation. `other_first` (`other_last`)
  /// says that the first (last) record of both was the other's.
  void merge(const Aggregation& aggregation, Accumulator& other, bool other_first, bool other_last);
  /// Sets the field `into`, which must be new, to the result.
  void emit(const Aggregation& aggregation, FieldName into, Record& record);

 private:
  using Count = states::CountState;
  using Sum = states::SumState;
  using Kept = states::KeptValue;
  using Values = states::ValueSet;
  using Collected = states::CollectedJson;

  static Value result(const Sum& sum, bool average);
  static Value result(Values& values, double percent);
  static bool replaces(Aggregation::Function function, const Kept& kept, const Value& value);

  std::variant<Count, Sum, Kept, Values, Collected> state_;
};

}  // namespace weir::stages::core

namespace weir {

template <>
struct OptionType<stages::core::Aggregation> {
  static std::string name() { return "aggregate"; }
  static bool parse(const Node& node, stages::core::Aggregation& out, Binder& binder);
  static std::string show(const stages::core::Aggregation& value) { return value.text; }
};

}  // namespace weir
