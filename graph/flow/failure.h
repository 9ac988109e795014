#pragma once

#include "graph/flow/caught.h"
#include "graph/flow/environment.h"
#include "graph/flow/token.h"

namespace weir {

struct CallError;

/// Copies what an error left on `record` out of the batch; `full` with message and excerpt.
RecordFailure describe_failure(std::uint16_t stage, const detail::RecordData& record, Place place,
                               bool full);

/// The failure of `record` at `stage` by what no error on it tells; without an excerpt.
RecordFailure failure_of(std::size_t stage, const detail::RecordData& record, Place place,
                         std::string kind, std::string message);

/// The beginning of a record's text, for a report.
std::string excerpt_of(const detail::RecordData& record);

/// Fails a record for whose error there is no memory.
void fail_for_memory(detail::RecordData& record, Workspace& work);

/// Fails a record by what was thrown, even if there is no memory for the message.
void fail_thrown(Environment& env, detail::RecordData& record, Workspace& work,
                 const Caught& caught);

/// The failure as the report shows it.
ErrorSample failure_sample(const Environment& env, const RecordFailure& failure);

/// Fails the run at the failure's place: nothing from there on reaches the sink, and no more is
/// read.
void fail_run(Environment& env, const RecordFailure& failure);

constexpr const char* kExhausted = "not done after the last round of the loop";
/// Fails a record that a loop has sent round as often as it may.
void fail_exhausted(Record& record);

/// What becomes of a record whose call has failed for good.
const ErrorPolicy& policy_for(const PlannedStage& stage, const CallError& error);

}  // namespace weir
