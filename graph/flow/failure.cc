#include "graph/flow/failure.h"

namespace weir {
namespace {

constexpr std::size_t kExcerpt = 120;

}  // namespace

RecordFailure describe_failure(std::uint16_t stage, const detail::RecordData& record,
                               std::uint32_t root_base, bool full) {
  RecordFailure failure;
  failure.stage = stage;
  failure.root = record.root == detail::kNoRoot ? 0 : root_base + record.root;
  failure.part = record.part;
  failure.position = record.position;
  failure.kind = record.extra->error.kind;
  if (full) {
    failure.message = record.extra->error.message;
    failure.excerpt = std::string_view(record.text, record.text_size).substr(0, kExcerpt);
  }
  return failure;
}

void fail_for_memory(detail::RecordData& record, Workspace& work) {
  work.last_resort.error = {"memory", "the record took more than limits.record allows"};
  record.extra = &work.last_resort;
  record.state = detail::RecordState::failed;
}

void fail_thrown(Environment& env, detail::RecordData& record, Workspace& work,
                 const Caught& caught) {
  try {
    Record(record, work.arena, env).fail(caught.kind, caught.message, caught.retryable);
  } catch (const detail::OutOfMemory&) {
    fail_for_memory(record, work);
  }
}

Place place_of(const Token& token, const detail::RecordData& record) {
  return {token.sequence, record.root == detail::kNoRoot ? 0 : token.root_base + record.root};
}

ErrorSample failure_sample(const Environment& env, const RecordFailure& failure) {
  return {env.plan.stages[failure.stage].name,
          failure.kind,
          failure.message,
          {env.source(), failure.part, failure.position},
          env.parts.get(failure.part).name,
          failure.excerpt};
}

}  // namespace weir
