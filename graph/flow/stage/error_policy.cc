#include "graph/flow/stage/error_policy.h"

#include "graph/flow/context/told_fields.h"

namespace weir::flow {

void carry_error(RunContext& context, const compile::ErrorPolicy& policy, StageId stage,
                 detail::RecordData& record, detail::Arena& arena) {
  detail::Extra& extra = *record.extra;
  add_told_fields(record, extra, arena,
                  limit_of_told(record, policy.action, context.record_limit()));
  extra.error.stage = stage.number();
  extra.has_error = true;
  extra.told = nullptr;
  extra.told_count = 0;
  record.state = detail::RecordState::live;
}

void add_letter(RunContext& context, const compile::ErrorPolicy& policy, Token& token,
                detail::RecordData& record, bool came_with_fields, detail::Arena& arena) {
  address_letter(record, came_with_fields, *policy.to, arena, context);
  token.letters.push() = record;
}

}  // namespace weir::flow
