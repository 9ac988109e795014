#include "stages/json/field_reader.h"

#include <cstring>
#include <utility>

#include "stages/json/mistake.h"
#include "stages/json/scalar.h"

namespace weir::stages::json {

FieldReader::Outcome FieldReader::read(Record& record, std::string_view json, const Way& way) {
  record_ = &record;
  text_ = json.data();
  size_ = json.size();
  slots_.clear();
  keys_.clear();
  const Structurals::Status status = structurals_.find(json);
  end_ = structurals_.end();
  escapes_ = !json.empty() && std::memchr(text_, '\\', json.size()) != nullptr;
  if (!check_index(status)) {
    return status == Structurals::Status::empty ? Outcome::blank : Outcome::failed;
  }
  if (way.place->whole()) {
    return read_whole(structurals_.begin(), *way.place) ? Outcome::good : Outcome::failed;
  }
  if (way.flatten) {
    path_ = way.place->prefix();
    if (!read_flat(structurals_.begin())) return Outcome::failed;
  } else if (!read_object(structurals_.begin())) {
    return Outcome::failed;
  }
  store(record, way);
  return Outcome::good;
}

bool FieldReader::read_whole(Place at, const ResultPlace& place) {
  Value value;
  at = read_value(at, value);
  if (!at) return false;
  if (at != end_) return fail_at(at, "the end");
  record_->adopt(place.into(), value);
  return true;
}

void FieldReader::store(Record& record, const Way& way) {
  // Memory for more fields is given back: one giant record needed it.
  constexpr std::size_t kKept = 4096;
  keys_.remember(slots_);
  if (!way.flatten && !way.place->prefix().empty()) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      const std::string_view name = names_.of(way.place->prefix(), slots_[i].key(), i, record);
      slots_[i].name = name.data();
      slots_[i].name_size = static_cast<std::uint32_t>(name.size());
    }
  }
  const auto count = static_cast<std::uint32_t>(slots_.size());
  if (record.field_count() > 0) {
    fields_.begin(record);
    for (const detail::FieldSlot& slot : slots_) fields_.set(slot.key(), slot.value);
    fields_.store(record);
  } else if (count > 0) {
    record.reserve_fields(count);
    std::memcpy(record.data().fields, slots_.data(), count * sizeof(slots_[0]));
    record.data().field_count = count;
  }
  if (slots_.capacity() > kKept) slots_ = {};
  if (ignored_.capacity() > 16 * kKept) ignored_ = {};
  if (path_.capacity() > 16 * kKept) path_ = {};
}

bool FieldReader::check_index(Structurals::Status status) {
  const std::string_view text(text_, size_);
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

/// Says that the text is no object.
bool FieldReader::fail_no_object(Place at) {
  fail_at(at, "an object");
  Value scalar;
  const bool other =
      peek(at) == '[' || peek(at) == '"' ||
      (at != end_ && (read_json_number(token(at), scalar) || read_json_atom(token(at), scalar)));
  if (other) message_ += ": 'into' takes any value";
  return false;
}

bool FieldReader::read_flat(Place at) {
  if (peek(at) != '{') return fail_no_object(at);
  at = read_flat_object(at + 1, path_.size(), 1);
  return at && (at == end_ || fail_at(at, "the end"));
}

bool FieldReader::read_object(Place at) {
  if (peek(at) != '{') return fail_no_object(at);
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

FieldReader::Place FieldReader::read_leaf(Place at, Value& out) { return read_value(at, out); }
FieldReader::Place FieldReader::read_name(Place at, std::string_view& out) {
  return read_string(at, out);
}

FieldReader::Place FieldReader::unescape(std::string_view inside, Place after,
                                         std::string_view& out) {
  char* made = record_->allocate(inside.size());
  std::size_t bad = 0;
  char* end = unescape_json(inside, made, bad);
  if (!end) {
    return fail(name_bad_escape(inside.substr(bad)),
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
  return fail(name_bad_escape(inside.substr(bad)),
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
  const std::string_view text(text_, size_);
  return fail("expected " + std::string(expected) + ", got " + name_token(text.substr(*at)), *at);
}

FieldReader::Place FieldReader::fail(std::string message, std::size_t offset) {
  message_ = std::move(message) + " at byte " + std::to_string(offset);
  return nullptr;
}

}  // namespace weir::stages::json
