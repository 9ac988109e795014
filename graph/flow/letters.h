#pragma once

#include <string>
#include <string_view>

#include "graph/flow/environment.h"

namespace weir {

/// Makes `record`, which carries its error (`Extra::has_error`), a dead letter to stage `to`: with
/// a field `error`, a JSON object of stage, kind, message, attempts and origin, and, if it had no
/// fields, a field `text`. Uncharged to the record. May throw OutOfMemory.
void address_letter(detail::RecordData& record, int to, detail::Arena& arena,
                    const Environment& env);

/// Where a record stands among those of its batch: what a stage made by itself comes first.
inline std::uint64_t rank(const detail::RecordData& record) {
  return record.root == detail::kNoRoot ? 0 : std::uint64_t{record.root} + 1;
}

/// Appends `text` as a JSON string; what is no UTF-8 is replaced.
void append_json(std::string& out, std::string_view text);

}  // namespace weir
