#include "stages/core/state/record_key.h"

#include <cstring>

#include "weir/key_code.h"

namespace weir::stages::core {
namespace {

/// The tag before the digits of a number as it was written, where other values have their type.
constexpr char kWritten = 'w';

template <class T>
T take(std::string_view& rest) {
  T value;
  std::memcpy(&value, rest.data(), sizeof value);
  rest.remove_prefix(sizeof value);
  return value;
}

bool is_written(const Value& value) { return value.type() == ValueType::real && value.has_bytes(); }

void append_written(const Value& value, std::string& out) {
  if (!is_written(value)) return append_key(value, out);
  out += kWritten;
  detail::append_bytes(static_cast<std::uint32_t>(value.as_text().size()), out);
  out += value.as_text();
}

}  // namespace

void RecordKey::read(const Record& record, const std::vector<Field>& fields) {
  code_.clear();
  bool written = false;
  for (const Field& field : fields) {
    const Value value = record.get(field);
    written = written || is_written(value);
    append_key(value, code_);
  }
  identity_size_ = code_.size();
  if (!written) return;
  for (const Field& field : fields) append_written(record.get(field), code_);
}

std::string_view RecordKey::identity_of(std::string_view code, std::size_t fields) {
  std::string_view rest = code;
  for (; fields > 0; --fields) take_value(rest);
  return code.substr(0, code.size() - rest.size());
}

Value RecordKey::take_value(std::string_view& rest) {
  const char tag = take<char>(rest);
  const auto type = static_cast<ValueType>(tag);
  if (type == ValueType::null) return {};
  if (type == ValueType::boolean) return Value(take<char>(rest) != 0);
  if (type == ValueType::integer) return Value(take<std::int64_t>(rest));
  if (type == ValueType::real) return Value(take<double>(rest));
  const auto size = take<std::uint32_t>(rest);
  const std::string_view bytes = rest.substr(0, size);
  rest.remove_prefix(size);
  if (tag == kWritten) return Value::written(bytes);
  return type == ValueType::json ? Value::json(bytes) : Value(bytes);
}

}  // namespace weir::stages::core
