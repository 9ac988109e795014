#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "weir/detail/json_text.h"
#include "weir/record.h"

namespace weir::detail {

/// Returns the members as a JSON object on one line, which lives in the record's batch.
inline std::string_view json_object(std::span<const FieldSlot> members, Record& record) {
  std::size_t size = 2;
  for (const FieldSlot& member : members) {
    size += longest_json(Value(member.key())) + longest_json(member.value) + 2;
  }
  char* const begin = record.allocate(size);
  char* out = begin;
  *out++ = '{';
  for (const FieldSlot& member : members) {
    if (out != begin + 1) *out++ = ',';
    out = write_json(Value(member.key()), out);
    *out++ = ':';
    out = write_json(member.value, out);
  }
  *out++ = '}';
  record.trim(out);
  return {begin, static_cast<std::size_t>(out - begin)};
}

}  // namespace weir::detail
