#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "weir/options.h"
#include "weir/record.h"

namespace weir {

/// What a window says of its records: `count`, `sum(bytes)`, `p99(ms)`.
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
  double percent = 0;  ///< Of `percentile`.
  Field field;         ///< Empty: all records (of `count`).
  std::string text;
};

template <>
struct OptionType<Aggregation> {
  static std::string name() { return "aggregate"; }
  static bool parse(const Node& node, Aggregation& out, Binder& binder);
  static std::string show(const Aggregation& value) { return value.text; }
};

/// A value on its way into accumulators.
struct AggregateInput {
  Value value;
  std::string json;  ///< For `collect`: as it is shown.

  /// What `aggregation` takes of `record`; throws Error for a value that it cannot take.
  void read(const Aggregation& aggregation, const Record& record);
  bool missing(const Aggregation& aggregation) const {
    return value.is_null() && !aggregation.field.empty();
  }
};

namespace detail {

struct CountState {
  std::uint64_t records = 0;
};

struct SumState {
  std::uint64_t values = 0;
  __int128 integers = 0;
  double reals = 0;
  bool exact = true;  ///< Integers only.
};

struct KeptValue {
  Value value;  ///< Its bytes, if any, are not here but in `bytes`.
  std::string bytes;
  bool known = false;

  Value get() const;
  void set(const Value& value);
};

struct ValueSet {
  std::vector<double> values;
  bool integers = true;
};

struct CollectedJson {
  std::string json;
};

}  // namespace detail

/// One aggregate of one window. Sums of integers are exact; percentiles are, too: by nearest rank
/// over all values, which are kept, 8 bytes each.
class Accumulator {
 public:
  explicit Accumulator(const Aggregation& aggregation);

  /// How much more state it holds when `input` is added.
  std::size_t growth(const Aggregation& aggregation, const AggregateInput& input) const;
  /// What it holds now beside itself.
  std::size_t held() const;
  void add(const Aggregation& aggregation, const AggregateInput& input);
  /// Adds what another one has of the same aggregation. `other_first`, `other_last`: the first, or
  /// the last record of both came to `other`.
  void merge(const Aggregation& aggregation, Accumulator& other, bool other_first, bool other_last);
  /// Puts the result into the field `into`, which is new.
  void emit(const Aggregation& aggregation, std::string_view into, Record& record);

 private:
  using Count = detail::CountState;
  using Sum = detail::SumState;
  using Kept = detail::KeptValue;
  using Values = detail::ValueSet;
  using Collected = detail::CollectedJson;

  static Value result(const Sum& sum, bool average);
  static Value result(Values& values, double percent);
  static bool replaces(Aggregation::Function function, const Kept& kept, const Value& value);

  std::variant<Count, Sum, Kept, Values, Collected> state_;
};

}  // namespace weir
