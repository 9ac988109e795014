#include "graph/flow/order/merge_key.h"

#include "weir/error.h"

namespace weir::flow {

MergeKey MergeKey::of(Value value, std::string_view field) {
  MergeKey key;
  switch (value.type()) {
    case ValueType::integer:
      key.integer_ = value.as_integer();
      key.whole_ = true;
      [[fallthrough]];
    case ValueType::real:
      key.number_ = value.as_real();
      break;
    case ValueType::text:
      if (const auto time = event_time(value)) {
        key.kind_ = Kind::time;
        key.integer_ = time->count();
        key.whole_ = true;
      } else {
        key.kind_ = Kind::text;
        key.text_ = value.as_text();
      }
      break;
    case ValueType::null:
      throw Error("sorted", "field '" + std::string(field) + "' is missing or null");
    default:
      throw Error("sorted", "field '" + std::string(field) + "' is no number, time or text");
  }
  return key;
}

}  // namespace weir::flow
