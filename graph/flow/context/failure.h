#pragma once

#include "graph/flow/context/caught.h"
#include "graph/flow/context/record_failure.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/memory/workspace.h"

namespace weir::flow {

struct CallError;

/// Copies the error of `record` out of the batch; `full` includes the message and an excerpt.
RecordFailure describe_failure(StageId stage, const detail::RecordData& record, OriginPlace place,
                               bool full);

/// Returns the failure of `record` at `stage`, with this kind and message in place of an error on
/// the record, and without an excerpt.
RecordFailure failure_of(StageId stage, const detail::RecordData& record, OriginPlace place,
                         std::string kind, std::string message);

/// Returns the beginning of a record's text, for a report.
std::string excerpt_of(const detail::RecordData& record);

/// Fails a record when there is no memory for its error.
void fail_for_memory(detail::RecordData& record, Workspace& work);

/// Fails a record with what was thrown, even if there is no memory for the message.
void fail_thrown(RunContext& context, detail::RecordData& record, Workspace& work,
                 const Caught& caught);

/// Returns the failure as the report shows it.
ErrorSample failure_sample(const RunContext& context, const RecordFailure& failure);

/// Fails the run at the failure's place: nothing from there on reaches a sink, and reading stops.
void fail_run(RunContext& context, const RecordFailure& failure);

constexpr const char* kExhausted = "not done after the last pass of the loop";
/// Fails a record that a loop has sent back as often as it may.
void fail_exhausted(Record& record);

/// Returns the policy for a record whose call has failed for good.
const compile::ErrorPolicy& policy_for(const compile::PlannedStage& stage, const CallError& error);

}  // namespace weir::flow
