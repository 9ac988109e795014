// The part of FieldReader that makes fields of members of members: `a.b`, and `a.0` of an array's
// elements. The name so far is in `path_`.

#include <charconv>

#include "stages/json/field_reader.h"

namespace weir::stages::json {

/// Reads the value at `at`, whose name is the first `name_size` bytes of the path. An empty object
/// or array stays a value.
FieldReader::Place FieldReader::read_flat(Place at, std::size_t name_size, int depth) {
  const char c = peek(at);
  const bool object = c == '{' && peek(at + 1) != '}';
  if (object || (c == '[' && peek(at + 1) != ']')) {
    if (depth > kMaxFlat) return fail("nested deeper than " + std::to_string(kMaxFlat), *at);
    return object ? read_flat_object(at + 1, name_size, depth)
                  : read_flat_array(at + 1, name_size, depth);
  }
  Value value;
  at = read_leaf(at, value);
  if (!at) return nullptr;
  static constexpr char kNoName[8] = {};  // Keys reads 8 bytes behind a name.
  const std::string_view name = name_size == 0
                                    ? std::string_view(kNoName, 0)
                                    : record_->copy(std::string_view(path_).substr(0, name_size));
  const std::uint32_t known = keys_.add(name, slots_);
  if (known != Keys::kNew) {
    slots_[known].value = value;
  } else {
    slots_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), 0, value});
  }
  return at;
}

/// Reads an object from behind its brace on.
FieldReader::Place FieldReader::read_flat_object(Place at, std::size_t name_size, int depth) {
  if (peek(at) == '}') return at + 1;
  for (;;) {
    std::string_view name;
    if (peek(at) != '"') return fail_at(at, "a key in quotes");
    at = read_name(at, name);
    if (!at || !(at = take(at, ':', "':'"))) return nullptr;
    path_.resize(name_size);
    if (depth > 1) path_ += '.';
    path_ += name;
    if (!(at = read_flat(at, path_.size(), depth + 1))) return nullptr;
    if (peek(at) != ',') return take(at, '}', "',' or '}'");
    ++at;
  }
}

FieldReader::Place FieldReader::read_flat_array(Place at, std::size_t name_size, int depth) {
  for (std::size_t index = 0;; ++index) {
    char digits[24];
    path_.resize(name_size);
    path_ += '.';
    path_.append(digits, std::to_chars(digits, digits + sizeof digits, index).ptr);
    if (!(at = read_flat(at, path_.size(), depth + 1))) return nullptr;
    if (peek(at) != ',') return take(at, ']', "',' or ']'");
    ++at;
  }
}

}  // namespace weir::stages::json
