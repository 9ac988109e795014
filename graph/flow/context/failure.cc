#include "graph/flow/context/failure.h"

#include "graph/flow/context/call_error.h"

namespace weir::flow {

using detail::RecordData;

namespace {

constexpr std::size_t kExcerpt = 120;

std::uint64_t line_of(const RecordData& record) { return record.extra ? record.extra->line : 0; }

}  // namespace

RecordFailure describe_failure(StageId stage, const RecordData& record, OriginPlace place,
                               bool full) {
  RecordFailure failure;
  failure.stage = stage;
  failure.place = place;
  failure.attempts = static_cast<int>(record.extra->error.attempts);
  failure.part = record.part;
  failure.position = record.position;
  failure.line = line_of(record);
  failure.kind = record.extra->error.kind;
  if (full) {
    failure.message = record.extra->error.message;
    failure.excerpt = excerpt_of(record);
  }
  return failure;
}

RecordFailure failure_of(StageId stage, const RecordData& record, OriginPlace place,
                         std::string kind, std::string message) {
  RecordFailure failure;
  failure.stage = stage;
  failure.place = place;
  failure.part = record.part;
  failure.position = record.position;
  failure.line = line_of(record);
  failure.kind = std::move(kind);
  failure.message = std::move(message);
  return failure;
}

std::string excerpt_of(const RecordData& record) {
  return std::string(std::string_view(record.text, record.text_size).substr(0, kExcerpt));
}

void fail_for_memory(detail::RecordData& record, Workspace& work) {
  work.last_resort.error = {"memory", "the record took more than limits.record allows"};
  record.extra = &work.last_resort;
  record.state = detail::RecordState::failed;
}

void fail_thrown(RunContext& context, detail::RecordData& record, Workspace& work,
                 const Caught& caught) {
  try {
    Record(record, work.arena, context).fail(caught.kind, caught.message, caught.retryable);
  } catch (const detail::OutOfMemory&) {
    fail_for_memory(record, work);
  }
}

ErrorSample failure_sample(const RunContext& context, const RecordFailure& failure) {
  return {context.plan.stages[failure.stage].name,
          failure.kind,
          failure.message,
          {detail::source_of(failure.part), detail::number_of(failure.part), failure.position},
          context.parts.get(failure.part).name,
          failure.excerpt,
          failure.attempts,
          failure.line};
}

void fail_run(RunContext& context, const RecordFailure& failure) {
  context.failure_cut.lower(failure.place, failure_sample(context, failure));
  context.stop_all();
}

void fail_exhausted(Record& record) { record.fail("loop", kExhausted, false); }

const compile::ErrorPolicy& policy_for(const compile::PlannedStage& stage, const CallError& error) {
  static constexpr compile::ErrorPolicy kFail;
  if (error.fatal) return kFail;
  return error.deadline ? stage.call.on_deadline : stage.on_error;
}

}  // namespace weir::flow
