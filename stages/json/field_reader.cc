#include "stages/json/field_reader.h"

#include <cstring>
#include <utility>

#include "stages/json/mistake.h"
#include "stages/json/scalar.h"

namespace weir::stages::json {

void FieldReader::read(Record& record, bool drop_blank) {
  const std::string_view text = record.text();
  record_ = &record;
  text_ = text.data();
  slots_.clear();
  keys_.clear();
  const Structurals::Status status = structurals_.find(text);
  end_ = structurals_.end();
  escapes_ = !text.empty() && std::memchr(text_, '\\', text.size()) != nullptr;
  if (status == Structurals::Status::empty && drop_blank) {
    record.drop();
  } else if (check_index(status) && read_object(structurals_.begin())) {
    store(record);
  } else {
    record.fail("json", message_, false);
  }
}

void FieldReader::store(Record& record) {
  // Memory for more fields is given back: one giant record needed it.
  constexpr std::size_t kKept = 4096;
  const auto count = static_cast<std::uint32_t>(slots_.size());
  record.clear_fields();
  record.reserve_fields(count);
  if (count > 0) {
    std::memcpy(record.data().fields, slots_.data(), count * sizeof(slots_[0]));
    record.data().field_count = count;
  }
  keys_.remember(slots_);
  if (slots_.capacity() > kKept) slots_ = {};
  if (ignored_.capacity() > 16 * kKept) ignored_ = {};
}

bool FieldReader::check_index(Structurals::Status status) {
  const std::string_view text = record_->text();
  switch (status) {
    case Structurals::Status::good:
      return true;
    case Structurals::Status::empty:
      return fail("expected an object, got nothing", 0);
    case Structurals::Status::bad_utf8:
      return fail("invalid UTF-8", find_bad_utf8(text));
    case Structurals::Status::open_string:
      return fail("a string without its closing '\"'", find_open_string(text));
    case Structurals::Status::control_character:
      return fail("a control character in a string", find_control_character(text));
  }
  return false;
}

bool FieldReader::read_object(Place at) {
  if (peek(at) != '{') return fail_at(at, "an object");
  ++at;
  if (peek(at) == '}') {
    ++at;
  } else {
    for (;;) {
      at = read_member(at);
      if (!at) return false;
      if (peek(at) != ',') break;
      ++at;
    }
    at = take(at, '}', "',' or '}'");
    if (!at) return false;
  }
  return at == end_ || fail_at(at, "the end");
}

inline FieldReader::Place FieldReader::read_member(Place at) {
  std::string_view name;
  if (peek(at) != '"') return fail_at(at, "a key in quotes");
  at = read_string(at, name);
  if (!at || !(at = take(at, ':', "':'"))) return nullptr;
  const std::uint32_t known = keys_.add(name, slots_);
  if (known != Keys::kNew) return read_value(at, slots_[known].value);
  slots_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), 0, {}});
  return read_value(at, slots_.back().value);
}

inline FieldReader::Place FieldReader::read_value(Place at, Value& out) {
  const char c = peek(at);
  if (c == '"') {
    std::string_view string;
    at = read_string(at, string);
    out = Value(string);
    return at;
  }
  if (c == '{' || c == '[') return read_nested(at, out);
  if (at == end_) return fail_at(at, "a value");
  const std::string_view scalar = token(at);
  if (read_json_number(scalar, out) || read_json_atom(scalar, out)) return at + 1;
  return fail_at(at, "a value");
}

FieldReader::Place FieldReader::read_nested(Place at, Value& out) {
  const Place after = skip_value(at, 1);
  if (after) out = Value::json({text_ + *at, after[-1] + 1 - *at});
  return after;
}

inline FieldReader::Place FieldReader::read_string(Place at, std::string_view& out) {
  const std::string_view quoted = token(at);
  out = {quoted.data() + 1, quoted.size() - 2};
  if (!escapes_ || out.find('\\') == std::string_view::npos) return at + 1;
  return unescape(out, at + 1, out);
}

FieldReader::Place FieldReader::unescape(std::string_view inside, Place after,
                                         std::string_view& out) {
  char* made = record_->allocate(inside.size());
  std::size_t bad = 0;
  char* end = unescape_json(inside, made, bad);
  if (!end) {
    return fail("an escape that JSON does not have",
                static_cast<std::size_t>(inside.data() - text_) + bad);
  }
  record_->trim(end);
  out = {made, static_cast<std::size_t>(end - made)};
  return after;
}

FieldReader::Place FieldReader::skip_value(Place at, int depth) {
  if (depth > kMaxDepth) return fail("nested deeper than " + std::to_string(kMaxDepth), *at);
  switch (peek(at)) {
    case '{':
      return skip_object(at + 1, depth);
    case '[':
      return skip_array(at + 1, depth);
    case '"':
      return skip_string(at);
    default:
      break;
  }
  Value ignored;
  return read_value(at, ignored);
}

FieldReader::Place FieldReader::skip_object(Place at, int depth) {
  if (peek(at) == '}') return at + 1;
  for (;;) {
    if (peek(at) != '"') return fail_at(at, "a key in quotes");
    if (!(at = skip_string(at)) || !(at = take(at, ':', "':'"))) return nullptr;
    if (!(at = skip_value(at, depth + 1))) return nullptr;
    if (peek(at) != ',') return take(at, '}', "',' or '}'");
    ++at;
  }
}

FieldReader::Place FieldReader::skip_array(Place at, int depth) {
  if (peek(at) == ']') return at + 1;
  for (;;) {
    if (!(at = skip_value(at, depth + 1))) return nullptr;
    if (peek(at) != ',') return take(at, ']', "',' or ']'");
    ++at;
  }
}

FieldReader::Place FieldReader::skip_string(Place at) {
  const std::string_view quoted = token(at);
  if (!escapes_ || quoted.find('\\') == std::string_view::npos) return at + 1;
  const std::string_view inside = quoted.substr(1, quoted.size() - 2);
  ignored_.resize(inside.size());
  std::size_t bad = 0;
  if (unescape_json(inside, ignored_.data(), bad)) return at + 1;
  return fail("an escape that JSON does not have",
              static_cast<std::size_t>(inside.data() - text_) + bad);
}

/// Returns the scalar that begins at `at`, without the white space after it. The index has no
/// closing quotes. So a scalar ends where the white space before the next entry begins; a byte
/// directly after a closing quote has an entry of its own.
inline std::string_view FieldReader::token(Place at) const {
  const std::uint32_t begin = at[0];
  std::uint32_t end = at[1];
  while (is_json_space(text_[end - 1])) --end;
  return {text_ + begin, end - begin};
}

FieldReader::Place FieldReader::fail_at(Place at, const char* expected) {
  const std::string_view text = record_->text();
  return fail("expected " + std::string(expected) + ", got " + name_token(text.substr(*at)), *at);
}

FieldReader::Place FieldReader::fail(std::string message, std::size_t offset) {
  message_ = std::move(message) + " at byte " + std::to_string(offset);
  return nullptr;
}

}  // namespace weir::stages::json
