#include "stages/core/window/aggregation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stages/core/state/state_account.h"
#include "weir/detail/json_text.h"
#include "weir/error.h"
#include "weir/in_quotes.h"
#include "weir/sort_code.h"
#include "weir/value_text.h"

namespace weir::stages::core {
namespace {

using Function = Aggregation::Function;

bool needs_number(Function function) {
  return function == Function::sum || function == Function::avg || function == Function::percentile;
}

std::size_t more_room(std::size_t capacity, std::size_t size) {
  return grown_capacity(capacity, size) - capacity;
}

/// Appends `more` to `items`; both are the items of a JSON array, without its brackets.
void append_items(std::string& items, std::string_view more) {
  items.reserve(grown_capacity(items.capacity(), items.size() + more.size() + 1));
  if (!items.empty() && !more.empty()) items += ',';
  items += more;
}

}  // namespace

void AggregateInput::read(const Aggregation& aggregation, const Record& record) {
  if (aggregation.field.empty()) return;
  value = record.get(aggregation.field);
  if (value.is_null()) return;
  if (needs_number(aggregation.function) && !value.is_number()) {
    std::string shown;
    append_text(shown, value);
    throw Error("type",
                "field '" + aggregation.field.name() + "' is " + in_quotes(shown) +
                    ", not a number, which " + aggregation.text +
                    " needs: give it its type where "
                    "it is read, with types:",
                false);
  }
  if (aggregation.function == Function::collect) {
    json.clear();
    detail::append_json(json, value);
  }
}

Accumulator::Accumulator(const Aggregation& aggregation) {
  switch (aggregation.function) {
    case Function::count:
      state_ = Count();
      break;
    case Function::sum:
    case Function::avg:
      state_ = Sum();
      break;
    case Function::percentile:
      state_ = Values();
      break;
    case Function::collect:
      state_ = Collected();
      break;
    default:
      state_ = Kept();
  }
}

Value states::KeptValue::get() const { return value.has_bytes() ? value.with_bytes(bytes) : value; }

void states::KeptValue::set(const Value& wanted) {
  known = true;
  value = wanted;
  if (wanted.has_bytes()) bytes = wanted.as_text();
}

bool Accumulator::replaces(Function function, const Kept& kept, const Value& value) {
  if (!kept.known || function == Function::last) return true;
  if (function == Function::min) return sorts_before(value, kept.get());
  return function == Function::max && sorts_before(kept.get(), value);
}

std::size_t Accumulator::growth(const Aggregation& aggregation, const AggregateInput& input) const {
  if (input.missing(aggregation)) return 0;
  if (const auto* values = std::get_if<Values>(&state_)) {
    return sizeof(double) * more_room(values->values.capacity(), values->values.size() + 1);
  }
  if (const auto* collected = std::get_if<Collected>(&state_)) {
    return more_room(collected->json.capacity(), collected->json.size() + input.json.size() + 1);
  }
  const auto* kept = std::get_if<Kept>(&state_);
  if (!kept || !input.value.has_bytes()) return 0;
  const std::size_t size = input.value.as_text().size();
  const bool fits = size <= kept->bytes.capacity();
  return fits || !replaces(aggregation.function, *kept, input.value)
             ? 0
             : more_room(kept->bytes.capacity(), size);
}

std::size_t Accumulator::held() const {
  if (const auto* values = std::get_if<Values>(&state_)) {
    return sizeof(double) * values->values.capacity();
  }
  if (const auto* collected = std::get_if<Collected>(&state_)) return collected->json.capacity();
  const auto* kept = std::get_if<Kept>(&state_);
  return kept ? kept->bytes.capacity() : 0;
}

void Accumulator::add(const Aggregation& aggregation, const AggregateInput& input) {
  if (input.missing(aggregation)) return;
  const Value& value = input.value;
  if (auto* count = std::get_if<Count>(&state_)) {
    ++count->records;
  } else if (auto* sum = std::get_if<Sum>(&state_)) {
    ++sum->values;
    if (value.type() == ValueType::integer) {
      sum->integers += value.as_integer();
    } else {
      sum->reals += value.as_real();
      sum->exact = false;
    }
  } else if (auto* values = std::get_if<Values>(&state_)) {
    auto& all = values->values;
    all.reserve(grown_capacity(all.capacity(), all.size() + 1));
    all.push_back(value.as_real());
    values->integers &= value.type() == ValueType::integer;
  } else if (auto* collected = std::get_if<Collected>(&state_)) {
    append_items(collected->json, input.json);
  } else if (auto& kept = std::get<Kept>(state_); replaces(aggregation.function, kept, value)) {
    kept.set(value);
  }
}

void Accumulator::merge(const Aggregation& aggregation, Accumulator& other, bool other_first,
                        bool other_last) {
  if (auto* count = std::get_if<Count>(&state_)) {
    count->records += std::get<Count>(other.state_).records;
  } else if (auto* sum = std::get_if<Sum>(&state_)) {
    const Sum& more = std::get<Sum>(other.state_);
    sum->values += more.values;
    sum->integers += more.integers;
    sum->reals += more.reals;
    sum->exact &= more.exact;
  } else if (auto* values = std::get_if<Values>(&state_)) {
    Values& more = std::get<Values>(other.state_);
    auto& all = values->values;
    // The shorter goes into the longer: sessions that grow one by one must not take quadratic time.
    if (all.size() < more.values.size()) all.swap(more.values);
    all.reserve(grown_capacity(all.capacity(), all.size() + more.values.size()));
    all.insert(all.end(), more.values.begin(), more.values.end());
    values->integers &= more.integers;
  } else if (auto* collected = std::get_if<Collected>(&state_)) {
    append_items(collected->json, std::get<Collected>(other.state_).json);
  } else {
    auto& kept = std::get<Kept>(state_);
    const Kept& more = std::get<Kept>(other.state_);
    const Function function = aggregation.function;
    const bool wins = function == Function::first  ? other_first || !kept.known
                      : function == Function::last ? other_last || !kept.known
                                                   : replaces(function, kept, more.get());
    if (more.known && wins) kept.set(more.get());
  }
}

Value Accumulator::result(const Sum& sum, bool average) {
  const double all = static_cast<double>(sum.integers) + sum.reals;
  if (average) return sum.values == 0 ? Value() : Value(all / static_cast<double>(sum.values));
  const bool fits = sum.integers >= std::numeric_limits<std::int64_t>::min() &&
                    sum.integers <= std::numeric_limits<std::int64_t>::max();
  if (sum.exact && fits) return Value(static_cast<std::int64_t>(sum.integers));
  return Value(all);
}

/// Returns a percentile by nearest rank: the smallest value such that `percent` of all values are
/// no larger.
Value Accumulator::result(Values& values, double percent) {
  auto& all = values.values;
  if (all.empty()) return {};
  const double rank = std::ceil(percent / 100 * static_cast<double>(all.size()) - 1e-9);
  const std::size_t index = rank < 1 ? 0 : std::min(static_cast<std::size_t>(rank), all.size()) - 1;
  const auto nth = all.begin() + static_cast<std::ptrdiff_t>(index);
  std::nth_element(all.begin(), nth, all.end(),
                   [](double a, double b) { return sorts_before(Value(a), Value(b)); });
  constexpr double kExact = 0x1p53;
  const bool integer = values.integers && std::fabs(*nth) <= kExact;
  return integer ? Value(static_cast<std::int64_t>(*nth)) : Value(*nth);
}

void Accumulator::emit(const Aggregation& aggregation, FieldName into, Record& record) {
  if (const auto* count = std::get_if<Count>(&state_)) {
    record.set(into, Value(static_cast<std::int64_t>(count->records)));
  } else if (const auto* sum = std::get_if<Sum>(&state_)) {
    record.set(into, result(*sum, aggregation.function == Function::avg));
  } else if (auto* values = std::get_if<Values>(&state_)) {
    record.set(into, result(*values, aggregation.percent));
  } else if (const auto* kept = std::get_if<Kept>(&state_)) {
    record.set(into, kept->get());
  } else {
    const std::string& json = std::get<Collected>(state_).json;
    char* const begin = record.allocate(json.size() + 2);
    *begin = '[';
    char* const end = detail::write_bytes(json, begin + 1);
    *end = ']';
    record.adopt(into, Value::json({begin, json.size() + 2}));
  }
}

}  // namespace weir::stages::core
