#include "graph/flow/order/merge_key.h"

#include "weir/error.h"
#include "weir/event_time.h"

namespace weir::flow {

MergeKey MergeKey::of(const Record& record, const std::vector<OrderField>& by) {
  MergeKey key;
  for (const OrderField& one : by) {
    Part part;
    if (one.by_time) {
      part.kind = Kind::time;
      part.integer = one.time.of(record).count();
      part.whole = true;
    } else {
      part = Part::of(record.get(one.field()), one.name());
    }
    if (&one == &by.front()) {
      key.first_ = std::move(part);
    } else {
      key.rest_.push_back(std::move(part));
    }
  }
  return key;
}

MergeKey::Part MergeKey::Part::of(const Value& value, std::string_view field) {
  Part part;
  switch (value.type()) {
    case ValueType::integer:
      part.integer = value.as_integer();
      part.whole = true;
      [[fallthrough]];
    case ValueType::real:
      part.number = value.as_real();
      break;
    case ValueType::text:
      if (const auto time = event_time(value)) {
        part.kind = Kind::time;
        part.integer = time->count();
        part.whole = true;
      } else {
        part.kind = Kind::text;
        part.text = value.as_text();
      }
      break;
    case ValueType::null:
      throw Error("sorted", "field '" + std::string(field) + "' is missing or null");
    default:
      throw Error("sorted", "field '" + std::string(field) + "' is no number, time or text");
  }
  return part;
}

MergeKey MergeKey::less(std::chrono::nanoseconds time) const {
  MergeKey key = *this;
  if (time.count() == 0) return key;
  key.rest_.clear();
  if (key.first_.kind == Kind::time) key.first_.integer -= time.count();
  if (key.first_.kind == Kind::number) {
    key.first_.number -= std::chrono::duration<double>(time).count();
    key.first_.whole = false;
  }
  return key;
}

}  // namespace weir::flow
