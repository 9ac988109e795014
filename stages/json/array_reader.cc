#include "stages/json/array_reader.h"

#include <cstddef>

#include "stages/json/mistake.h"
#include "stages/json/scalar.h"
#include "weir/error.h"

namespace weir::stages::json {

void ArrayReader::open(std::string_view array) {
  array_ = array;
  first_ = true;
  if (structurals_.find(array) != Structurals::Status::good) {
    throw Error("unnest", "the array is no valid JSON", false);
  }
  at_ = structurals_.begin();
  end_ = structurals_.end();
  if (!take('[')) fail("an array");
}

bool ArrayReader::next() {
  const bool first = first_;
  first_ = false;
  if (take(']')) {
    if (at_ != end_) fail("the end");
    return false;
  }
  if (!first && !take(',')) fail("',' or ']'");
  return true;
}

Value ArrayReader::value(Record& to) {
  const char c = peek();
  if (c == '"') return Value(string(to));
  if (c == '{' || c == '[') return Value::json(nested());
  if (at_ == end_) fail("a value");
  const std::string_view scalar = token();
  Value out;
  if (!read_json_number(scalar, out) && !read_json_atom(scalar, out)) fail("a value");
  ++at_;
  return out;
}

std::string_view ArrayReader::key(Record& to) {
  if (peek() != '"') fail("a key in quotes");
  const std::string_view name = string(to);
  if (!take(':')) fail("':'");
  return name;
}

/// Returns the object or array at the current position, as written.
std::string_view ArrayReader::nested() {
  const std::uint32_t begin = *at_;
  std::size_t depth = 0;
  do {
    if (at_ == end_) fail("']' or '}'");
    const char c = peek();
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at_;
  } while (depth > 0);
  return array_.substr(begin, at_[-1] + 1 - begin);
}

std::string_view ArrayReader::string(Record& to) {
  const std::string_view quoted = token();
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  ++at_;
  if (inside.find('\\') == std::string_view::npos) return inside;
  char* made = to.allocate(inside.size());
  std::size_t bad = 0;
  char* end = unescape_json(inside, made, bad);
  if (!end) {
    --at_;
    fail("a string that JSON has");
  }
  to.trim(end);
  return {made, static_cast<std::size_t>(end - made)};
}

/// Returns the scalar at the current position, without white space. It reaches up to the next entry
/// of the index.
std::string_view ArrayReader::token() const {
  const std::uint32_t begin = at_[0];
  std::uint32_t end = at_[1];
  while (is_json_space(array_[end - 1])) --end;
  return array_.substr(begin, end - begin);
}

void ArrayReader::fail(const std::string& expected) const {
  const std::string_view rest = array_.substr(*at_);
  throw Error("unnest",
              "expected " + expected + ", got " + name_token(rest) + " at byte " +
                  std::to_string(*at_) + " of the array",
              false);
}

}  // namespace weir::stages::json
