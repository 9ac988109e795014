#include "stages/core/key_table.h"

#include <cstring>
#include <functional>

#include "weir/error.h"
#include "weir/key_code.h"

namespace weir {
namespace {

template <class T>
T take(std::string_view& rest) {
  T value;
  std::memcpy(&value, rest.data(), sizeof value);
  rest.remove_prefix(sizeof value);
  return value;
}

}  // namespace

std::uint32_t KeyTable::number(const Record& record, std::span<const Field> fields) {
  wanted_.clear();
  for (const Field& field : fields) append_key(record.get(field), wanted_);
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
