#pragma once

#include <string>
#include <string_view>

#include "graph/flow/context/run_context.h"

namespace weir::flow {

/// Makes `record`, which carries its error (`Extra::has_error`), a dead letter to stage `to`. It
/// gets a field `error`, a JSON object of stage, kind, message, attempts and origin, and a field
/// `text`, unless it came with fields or its error tells one. The record is not charged for them.
/// May throw OutOfMemory.
void address_letter(detail::RecordData& record, bool came_with_fields, StageId to,
                    detail::Arena& arena, const RunContext& context);

/// Returns how many bytes `record` may have with the fields that its error tells, out of `limit` in
/// all: a letter needs room for the error itself.
std::size_t limit_of_told(const detail::RecordData& record, compile::OnError action,
                          std::size_t limit);

/// Returns the position of a record among those of its batch. Records that a stage made by itself
/// come first.
inline std::uint64_t rank(const detail::RecordData& record) {
  return record.root == detail::kNoRoot ? 0 : std::uint64_t{record.root} + 1;
}

}  // namespace weir::flow
