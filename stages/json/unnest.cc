#include "stages/json/unnest.h"

#include <algorithm>

#include "stages/json/mistake.h"
#include "weir/error.h"

namespace weir::stages::json {
namespace {

/// Names a value that should be an array, for "expected X, got Y".
std::string name_of(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return "null";
    case ValueType::boolean:
      return value.as_bool() ? "true" : "false";
    case ValueType::integer:
    case ValueType::real:
      return "a number";
    case ValueType::text:
      return "text";
    case ValueType::json:
      break;
  }
  return value.as_text().starts_with('{') ? "an object" : "a number";
}

}  // namespace

Unnest::Unnest(const UnnestOptions& options)
    : place_(options),
      field_(place_.field()),
      into_(options.into.value_or(options.field.name())),
      index_into_(options.index_into.value_or("")),
      spread_(options.prefix.has_value()),
      keep_empty_(options.keep_empty),
      separator_(options.separator) {
  if (options.index_into && index_into_.empty()) {
    throw OptionError("index_into", "expected a field, got empty text");
  }
  if (index_into_ == into_) {
    throw OptionError("index_into", "duplicate field '" + index_into_ + "'");
  }
  if (separator_ && separator_->empty()) {
    throw OptionError("separator", "expected at least one byte, got empty text");
  }
}

void Unnest::process(Record& record, Call& call) const {
  const Value list = record.get(field_);
  const bool pieces = separator_ && list.type() == ValueType::text;
  if (!pieces) {
    if (!has_array(record, list)) return;
    call.scratch<Scratch>().array.open(list.as_text());
  }
  // The children share this record's table of fields until each changes its copy.
  record.data().flags |= detail::kFieldsShared;
  detail::RecordData data = record.data();
  Record parent(data, record.arena(), record.host());
  make_room(parent);
  if ((pieces ? emit_pieces(parent, list.as_text(), call) : emit_elements(parent, call)) > 0)
    return;
  if (keep_empty_) {
    call.emit_copy(parent);
  } else {
    record.drop();
  }
}

/// Emits a record for each element and returns their number, as `emit_pieces` does for pieces.
std::int64_t Unnest::emit_elements(Record& parent, Call& call) const {
  Scratch& scratch = call.scratch<Scratch>();
  std::int64_t index = 0;
  for (; scratch.array.next(); ++index) {
    Record child = call.emit_copy(parent);
    if (spread_ && scratch.array.at_object()) {
      spread(child, index, scratch);
    } else {
      set_element(child, scratch.array.value(child), index);
    }
  }
  return index;
}

std::int64_t Unnest::emit_pieces(Record& parent, std::string_view list, Call& call) const {
  if (list.empty()) return 0;
  std::int64_t index = 0;
  for (std::size_t begin = 0; begin <= list.size(); ++index) {
    const std::size_t end = std::min(list.find(*separator_, begin), list.size());
    Record child = call.emit_copy(parent);
    set_element(child, Value(list.substr(begin, end - begin)), index);
    begin = end + separator_->size();
  }
  return index;
}

void Unnest::set_element(Record& child, Value element, std::int64_t index) const {
  child.adopt(FieldName::lasting(into_), element);
  if (!index_into_.empty()) child.adopt(FieldName::lasting(index_into_), Value(index));
}

/// Returns whether the value is an array. If there is none, the record ends or goes on.
bool Unnest::has_array(Record& record, const Value& value) const {
  if (value.type() == ValueType::json && value.as_text().starts_with('[')) return true;
  const std::string wrong = std::string("expected an array ") + (separator_ ? "or a text " : "") +
                            "in '" + field_.name() + "', got " + name_of(value);
  if (!value.is_null()) throw Error("unnest", wrong, false);
  place_.miss(record, "unnest",
              record.has(field_.name()) ? wrong : "missing field '" + field_.name() + "'");
  return false;
}

/// Adds the fields for an element and its index, both null. The first is where the array was.
void Unnest::make_room(Record& record) const {
  record.rename(field_.name(), FieldName::lasting(into_));
  record.adopt(FieldName::lasting(into_), Value());
  if (!index_into_.empty()) record.adopt(FieldName::lasting(index_into_), Value());
}

void Unnest::spread(Record& child, std::int64_t index, Scratch& scratch) const {
  detail::MemberTable& fields = scratch.fields;
  fields.begin(child, into_);
  std::size_t count = 0;
  scratch.array.members(child, [&](std::string_view name, const Value& value) {
    fields.set(scratch.names.of(place_.prefix(), name, count++, child), value);
  });
  if (!index_into_.empty()) fields.set(index_into_, Value(index));
  fields.store(child);
}

}  // namespace weir::stages::json
