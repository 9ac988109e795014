#include "stages/hash/hash.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>
#include <string_view>

#include "stages/builtin.h"

namespace weir::stages::hash {
namespace {

/// The number of rounds after which a long computation checks whether it is still wanted.
constexpr std::uint64_t kRoundsBetweenLooks = 4096;
constexpr std::size_t kNumberRoom = 32;

/// Returns the bytes of a value: text and JSON as they are, numbers in their shortest form.
std::string_view bytes_of(const Value& value, std::span<char, kNumberRoom> room) {
  if (value.has_bytes()) return value.as_text();
  std::to_chars_result end{room.data(), {}};
  switch (value.type()) {
    case ValueType::null:
      return {};
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    case ValueType::integer:
      end = std::to_chars(room.data(), room.data() + room.size(), value.as_integer());
      break;
    case ValueType::real:
      end = std::to_chars(room.data(), room.data() + room.size(), value.as_real());
      break;
    case ValueType::text:
    case ValueType::json:
      break;
  }
  return {room.data(), static_cast<std::size_t>(end.ptr - room.data())};
}

std::string_view as_view(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view hexadecimal(Record& record, std::span<const std::uint8_t> digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  char* const text = record.allocate(2 * digest.size());
  char* at = text;
  for (const std::uint8_t byte : digest) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 15];
  }
  return {text, 2 * digest.size()};
}

}  // namespace

Hash::Hash(const HashOptions& options) : options_(options) {
  if (options.into && options.into->empty()) {
    throw OptionError("into", "expected a field, got empty text");
  }
}

void Hash::process(Record& record, Call& call) const {
  std::array<char, kNumberRoom> room;
  std::string_view input = record.text();
  if (!options_.field.empty()) {
    const Value value = record.get(options_.field);
    if (value.is_null()) throw Error("field", "missing field '" + options_.field.name() + "'");
    input = bytes_of(value, room);
  }
  std::array<std::uint8_t, kLongestDigest> bytes;
  std::size_t size = digest(options_.algorithm, input, bytes);
  for (std::uint64_t round = 1; round < options_.rounds; ++round) {
    if (round % kRoundsBetweenLooks == 0 && call.stopping()) {
      throw Error("stopped", "given up: the run is being abandoned");
    }
    size = digest(options_.algorithm, as_view({bytes.data(), size}), bytes);
  }
  const std::string_view hex = hexadecimal(record, {bytes.data(), size});
  if (options_.into) {
    record.adopt(FieldName::lasting(*options_.into), hex);
  } else {
    record.adopt_text(hex);
  }
}

Kinds kinds_of(const HashOptions& options) {
  Kinds kinds;
  kinds.needs_text = options.field.empty();
  kinds.needs_fields = !options.field.empty();
  kinds.gives_text = !options.into;
  kinds.gives_fields = kinds.changes_fields = options.into.has_value();
  return kinds;
}

}  // namespace weir::stages::hash

namespace weir::stages {

std::vector<std::string> digest_names() {
  const auto& names = EnumNames<hash::Algorithm>::names;
  return {std::begin(names), std::end(names)};
}

bool hex_digest(std::string_view algorithm, std::string_view text, std::string& out) {
  const auto& names = EnumNames<hash::Algorithm>::names;
  const auto* const found = std::find(std::begin(names), std::end(names), algorithm);
  if (found == std::end(names)) return false;
  std::uint8_t bytes[hash::kLongestDigest];
  const std::size_t size =
      hash::digest(static_cast<hash::Algorithm>(found - std::begin(names)), text, bytes);
  constexpr char kHex[] = "0123456789abcdef";
  out.clear();
  for (std::size_t i = 0; i < size; ++i) {
    out += kHex[bytes[i] >> 4];
    out += kHex[bytes[i] & 15];
  }
  return true;
}

}  // namespace weir::stages
