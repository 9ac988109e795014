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

Place place_of(const Token& token, const detail::RecordData& record) {
  return {token.sequence,
          record.root == detail::kNoRoot ? 0 : token.root_base + record.root};
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
