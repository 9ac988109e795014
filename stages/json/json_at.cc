// Reads one value inside raw JSON, by a plain scan without a parser to keep: the JSON was checked
// when it was parsed and is small, and few expressions ask for it. If the text is no JSON, the scan
// still stays inside it.

#include <charconv>
#include <cstring>

#include "stages/builtin.h"
#include "stages/json/scalar.h"

namespace weir::stages::json {
namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view json) : at_(json.data()), end_(json.data() + json.size()) {}

  char peek() {
    while (at_ != end_ && is_json_space(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }
  bool take(char wanted) {
    if (peek() != wanted || at_ == end_) return false;
    ++at_;
    return true;
  }

  /// Takes the value at the current position and returns it as written; empty if there is none.
  std::string_view take_value() {
    const char first = peek();
    const char* begin = at_;
    if (first == '"') {
      if (!skip_string()) return {};
    } else if (first == '{' || first == '[') {
      if (!skip_nested()) return {};
    } else {
      while (at_ != end_ && !is_json_space(*at_) && !std::strchr(",:]}\"", *at_)) ++at_;
    }
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

 private:
  bool skip_string() {
    for (++at_; at_ < end_; ++at_) {
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ == '\\' && ++at_ == end_) break;
    }
    at_ = end_;
    return false;
  }

  bool skip_nested() {
    std::size_t depth = 0;
    while (at_ != end_) {
      if (*at_ == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (*at_ == '{' || *at_ == '[') ++depth;
      if ((*at_ == '}' || *at_ == ']') && --depth == 0) {
        ++at_;
        return true;
      }
      ++at_;
    }
    return false;
  }

  const char* at_;
  const char* end_;
};

/// Returns the inside of a string, unescaped into the arena if it has escapes.
std::string_view text_of(std::string_view quoted, detail::Arena& arena) {
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  if (inside.find('\\') == std::string_view::npos) return inside;
  char* made = arena.allocate(inside.size());
  std::size_t bad = 0;
  char* end = unescape_json(inside, made, bad);
  if (!end) return {};
  arena.trim(end);
  return {made, static_cast<std::size_t>(end - made)};
}

std::string_view member(std::string_view object, std::string_view key, detail::Arena& arena) {
  Cursor cursor(object);
  std::string_view found;
  cursor.take('{');
  while (cursor.peek() == '"') {
    const std::string_view name = cursor.take_value();
    if (name.size() < 2 || !cursor.take(':')) break;
    const std::string_view value = cursor.take_value();
    if (value.empty()) break;
    if (text_of(name, arena) == key) found = value;  // the last one wins, as everywhere
    if (!cursor.take(',')) break;
  }
  return found;
}

std::string_view element(std::string_view array, std::string_view step) {
  std::size_t index = 0;
  const auto [end, code] = std::from_chars(step.data(), step.data() + step.size(), index);
  if (code != std::errc() || end != step.data() + step.size()) return {};
  Cursor cursor(array);
  cursor.take('[');
  for (;; --index) {
    const std::string_view value = cursor.take_value();
    if (index == 0 || value.empty()) return value;
    if (!cursor.take(',')) return {};
  }
}

/// Returns the value at `steps` as written; empty if there is none.
std::string_view raw_at(std::string_view json, std::span<const std::string> steps,
                        detail::Arena& arena) {
  std::string_view raw = Cursor(json).take_value();
  for (const std::string& step : steps) {
    if (raw.starts_with('{')) {
      raw = member(raw, step, arena);
    } else if (raw.starts_with('[')) {
      raw = element(raw, step);
    } else {
      return {};
    }
  }
  return raw;
}

}  // namespace

}  // namespace weir::stages::json

namespace weir::stages {

Value json_at(std::string_view json, std::span<const std::string> steps, detail::Arena& arena) {
  using namespace json;
  const std::string_view raw = raw_at(json, steps, arena);
  if (raw.empty()) return {};
  if (raw[0] == '"') return raw.size() < 2 ? Value() : Value(text_of(raw, arena));
  if (raw[0] == '{' || raw[0] == '[') return Value::json(raw);
  Value value;
  if (!read_json_number(raw, value) && !read_json_atom(raw, value)) return {};
  return value;
}

bool json_has(std::string_view json, std::span<const std::string> steps, detail::Arena& arena) {
  return !json::raw_at(json, steps, arena).empty();
}

}  // namespace weir::stages
