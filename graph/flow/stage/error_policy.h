#pragma once

#include <utility>

#include "graph/flow/batch/token.h"
#include "graph/flow/context/failure.h"
#include "graph/flow/context/letters.h"
#include "graph/flow/context/run_context.h"

namespace weir::flow {

/// Returns whether a failure needs its message and excerpt, because it ends the run or may be
/// shown.
inline bool needs_message(const compile::ErrorPolicy& policy, const Token& token) {
  return policy.action == compile::OnError::fail || token.failures.wants_samples();
}

/// Gives `record`, which goes on as it entered, its error at `stage` and the fields that the error
/// tells. Throws OutOfMemory.
void carry_error(RunContext& context, const compile::ErrorPolicy& policy, StageId stage,
                 detail::RecordData& record, detail::Arena& arena);

/// Makes `record`, which carries its error, a dead letter that travels with `token`.
/// `came_with_fields` is true if it entered the stage with fields. Throws OutOfMemory.
void add_letter(RunContext& context, const compile::ErrorPolicy& policy, Token& token,
                detail::RecordData& record, bool came_with_fields, detail::Arena& arena);

/// Applies `on_error` to a record that has failed for good, and counts the failure. `site` is where
/// that happens: a batch, a sink, a call. It offers
/// - `fail(failure)`: fails the run at the record;
/// - `end(outcome)`: ends the record;
/// - `keep()`: lets it go on as it entered, with its error;
/// - `letter()`: lets it go on as a letter.
template <class Site>
void apply_error_policy(const compile::ErrorPolicy& policy, Token& token, RecordFailure failure,
                        bool full, Site&& site) {
  failure.kept = policy.action == compile::OnError::keep;
  switch (policy.action) {
    case compile::OnError::fail:
      site.fail(failure);
      site.end(Outcome::abandoned);
      break;
    case compile::OnError::skip:
      site.end(Outcome::skipped);
      break;
    case compile::OnError::keep:
      site.keep();
      break;
    case compile::OnError::letter:
      site.letter();
      site.end(Outcome::dead_lettered);
      break;
  }
  token.failures.add(std::move(failure), full);
}

}  // namespace weir::flow
