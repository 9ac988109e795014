#include "stages/lookup/span_keys.h"

#include <limits>

#include "stages/lookup/address.h"
#include "weir/field_type.h"
#include "weir/in_quotes.h"
#include "weir/key_code.h"
#include "weir/sort_code.h"
#include "weir/value_text.h"

namespace weir::stages::lookup {
namespace {

/// Returns the number that the value is or that its text writes; null if it is none.
Value number_of(const Value& value) {
  if (value.is_number()) return value;
  Value number;
  if (value.type() != ValueType::text || !read_as(FieldType::number, value.as_text(), number)) {
    return {};
  }
  return number;
}

std::string text_of(const Value& value) {
  std::string text;
  append_text(text, value);
  return text;
}

std::string_view bytes_of(const Address& address) { return {address.data(), address.size()}; }

std::string shown(std::string_view from, std::string_view to) {
  return in_quotes(std::string(from) + ".." + std::string(to));
}

}  // namespace

SpanKeys::SpanKeys(const Comparison& by, Duplicates duplicates, StateShare& share, RowStore& bytes)
    : by_(by),
      duplicates_(duplicates),
      share_(share),
      bytes_(bytes),
      spans_(share),
      networks_(share) {}

void SpanKeys::add(const Record& row, std::uint32_t group, std::uint32_t number) {
  if (by_.kind == Comparison::Kind::network) {
    add_network(row.get(std::string_view(by_.column)), group, number);
  } else {
    add_range(row.get(std::string_view(by_.from)), row.get(std::string_view(by_.to)), group,
              number);
  }
}

void SpanKeys::add_network(const Value& value, std::uint32_t group, std::uint32_t row) {
  const std::string text = text_of(value);
  const std::optional<Network> network = read_network(text);
  if (!network) {
    throw Error("lookup",
                "column '" + by_.column + "': expected a network such as '10.0.0.0/8', got " +
                    in_quotes(text),
                false);
  }
  code_.clear();
  detail::append_bytes(group, code_);
  detail::append_bytes(network->prefix, code_);
  code_ += bytes_of(network->first);
  if (const auto known = networks_.find(code_)) {
    if (duplicates_ == Duplicates::error) {
      throw Error("lookup", "duplicate network " + in_quotes(text), false);
    }
    if (duplicates_ == Duplicates::last) spans_.range(*known).row = row;
    return;
  }
  networks_.add(bytes_.keep(code_));
  const auto place = [&](const Address& address, char side) {
    code_.assign(bytes_of(address));
    return bytes_.keep(code_ += side);
  };
  const std::string_view low = place(network->first, SpanIndex::kBelow);
  const std::string_view high = place(network->last, SpanIndex::kAbove);
  spans_.add({low, high, group, row, rank_of(row, network->prefix)});
}

void SpanKeys::add_range(const Value& from, const Value& to, std::uint32_t group,
                         std::uint32_t row) {
  const std::string texts[] = {text_of(from), text_of(to)};
  const Value numbers[] = {number_of(Value(texts[0])), number_of(Value(texts[1]))};
  for (int i = 0; i < 2; ++i) {
    if (!texts[i].empty() && numbers[i].is_null()) numbers_ = false;
  }
  const bool both = !texts[0].empty() && !texts[1].empty();
  const bool as_numbers = numbers_ && !numbers[0].is_null() && !numbers[1].is_null();
  if (both && (as_numbers ? sorts_before(numbers[1], numbers[0]) : texts[1] < texts[0])) {
    throw Error("lookup",
                "expected " + in_quotes(by_.from) + " at most " + in_quotes(by_.to) + ", got " +
                    shown(texts[0], texts[1]),
                false);
  }
  share_.push(bounds_, Bounds{bytes_.keep(texts[0]), bytes_.keep(texts[1]), group, row});
}

void SpanKeys::finish(std::uint32_t groups) {
  if (by_.kind == Comparison::Kind::range) {
    make_ranges();
    if (duplicates_ == Duplicates::error) check_overlaps();
    share_.give(bounds_.capacity() * sizeof(Bounds));
    bounds_ = {};
  }
  spans_.build(groups);
}

void SpanKeys::make_ranges() {
  for (const Bounds& bounds : bounds_) {
    const std::string_view low =
        bounds.from.empty() ? std::string_view() : kept_code(bounds.from, SpanIndex::kBelow);
    const std::string_view high =
        bounds.to.empty() ? SpanIndex::kEnd : kept_code(bounds.to, SpanIndex::kAbove);
    // Numbers that came before a bound that is none were compared as numbers.
    if (high < low) {
      throw Error("lookup",
                  "range " + shown(bounds.from, bounds.to) + " ends before it begins: not all " +
                      "bounds are numbers, so they are compared as text",
                  false);
    }
    spans_.add({low, high, bounds.group, bounds.row, rank_of(bounds.row)});
  }
}

std::string_view SpanKeys::kept_code(std::string_view bound, char side) {
  code_.clear();
  append_code(Value(bound), code_);
  return bytes_.keep(code_ += side);
}

void SpanKeys::check_overlaps() const {
  const auto overlap = spans_.overlap();
  if (!overlap) return;
  const Bounds& one = bounds_[overlap->one];
  const Bounds& other = bounds_[overlap->other];
  throw Error(
      "lookup",
      "ranges " + shown(one.from, one.to) + " and " + shown(other.from, other.to) + " overlap",
      false);
}

/// Appends the code of a value that is compared; returns false if it can be in no range.
bool SpanKeys::append_code(const Value& value, std::string& out) const {
  if (value.is_null()) return false;
  if (by_.kind == Comparison::Kind::network) {
    const auto address =
        value.type() == ValueType::text ? read_address(value.as_text()) : std::optional<Address>();
    if (address) out += bytes_of(*address);
    return address.has_value();
  }
  if (numbers_) {
    const Value number = number_of(value);
    if (!number.is_null()) append_sort_code(number, out);
    return !number.is_null();
  }
  append_sort_code(Value(text_of(value)), out);
  return true;
}

/// Of two ranges, the one with the lower rank counts: the longer prefix, then the first row or the
/// last.
std::uint64_t SpanKeys::rank_of(std::uint32_t row, int prefix) const {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  const std::uint32_t order = duplicates_ == Duplicates::last ? kMost - row : row;
  return static_cast<std::uint64_t>(128 - prefix) << 32 | order;
}

std::optional<std::uint32_t> SpanKeys::find(std::uint32_t group, const Value& value,
                                            std::string& scratch) const {
  scratch.clear();
  if (!append_code(value, scratch)) return std::nullopt;
  return spans_.find(group, scratch += SpanIndex::kAt);
}

}  // namespace weir::stages::lookup
