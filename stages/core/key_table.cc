#include "stages/core/key_table.h"

#include <cmath>
#include <cstring>
#include <functional>

#include "weir/error.h"

namespace weir {
namespace {

template <class T>
void put(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T take(std::string_view& rest) {
  T value;
  std::memcpy(&value, rest.data(), sizeof value);
  rest.remove_prefix(sizeof value);
  return value;
}

/// A real that is a whole number in int64's range is that integer, so that equal numbers are equal
/// bytes.
Value canonical(Value value) {
  if (value.type() != ValueType::real) return value;
  const double real = value.as_real();
  if (std::isnan(real)) return Value(std::nan(""));
  if (real >= -0x1p63 && real < 0x1p63 && std::trunc(real) == real) {
    return Value(static_cast<std::int64_t>(real));
  }
  return value;
}

}  // namespace

std::uint32_t KeyTable::number(const Record& record, std::span<const Field> fields) {
  wanted_.clear();
  for (const Field& field : fields) encode(record.get(field), wanted_);
  if (slots_.size() < 2 * ends_.size() + 2) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = std::hash<std::string_view>()(wanted_) & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    if (key(slots_[at] - 1) == wanted_) return slots_[at] - 1;
  }
  if (ends_.size() == 0xffffffffu) throw Error("state_full", "more than 2^32 - 1 keys", false);
  bytes_ += wanted_;
  ends_.push_back(bytes_.size());
  slots_[at] = size();
  return size() - 1;
}

void KeyTable::grow() {
  slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t number = 0; number < size(); ++number) {
    std::size_t at = std::hash<std::string_view>()(key(number)) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = number + 1;
  }
}

void KeyTable::encode(Value value, std::string& out) {
  value = canonical(value);
  out += static_cast<char>(value.type());
  switch (value.type()) {
    case ValueType::null:
      break;
    case ValueType::boolean:
      out += static_cast<char>(value.as_bool());
      break;
    case ValueType::integer:
      put(value.as_integer(), out);
      break;
    case ValueType::real:
      put(value.as_real(), out);
      break;
    case ValueType::text:
    case ValueType::json:
      put(static_cast<std::uint32_t>(value.as_text().size()), out);
      out += value.as_text();
      break;
  }
}

Value KeyTable::decode(std::string_view& rest) {
  const auto type = static_cast<ValueType>(take<char>(rest));
  switch (type) {
    case ValueType::null:
      return {};
    case ValueType::boolean:
      return Value(take<char>(rest) != 0);
    case ValueType::integer:
      return Value(take<std::int64_t>(rest));
    case ValueType::real:
      return Value(take<double>(rest));
    case ValueType::text:
    case ValueType::json:
      break;
  }
  const auto size = take<std::uint32_t>(rest);
  const std::string_view bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  return type == ValueType::json ? Value::json(bytes) : Value(bytes);
}

}  // namespace weir
