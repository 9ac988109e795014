#include "graph/flow/call/stage_caller.h"

#include <chrono>
#include <thread>

namespace weir::flow {

StageCaller::StageCaller(RunContext& context, AttemptOwner& owner, StageId stage)
    : context_(context), owner_(owner), stage_(stage) {
  if (planned().type->role == Role::async_transform) return;
  threads_ = std::make_unique<CallThreads>(
      [this](const std::shared_ptr<Attempt>& attempt, CallThreads::Scratch& scratch) {
        call_on_thread(attempt, scratch);
      });
}

void StageCaller::call(const std::shared_ptr<Attempt>& attempt) {
  if (attempt->cancelled()) return;
  if (attempt->fault.act == Fault::Act::error) {
    try {
      attempt->record().fail("chaos", "an injected fault");
    } catch (...) {
      attempt->thrown();
    }
    return owner_.answered(attempt);
  }
  auto& stage = static_cast<AsyncTransform&>(*planned().stage);
  attempt->starter.store(std::this_thread::get_id());
  bool thrown = false;
  try {
    stage.start(Completion(attempt));
  } catch (...) {
    // If `start` has handed the completion on, its new owner must answer.
    if (attempt->dropped) attempt->thrown();
    thrown = true;
  }
  attempt->starter.store(std::thread::id());
  if (!attempt->dropped) return;
  if (!thrown) return attempt->let_go();
  owner_.answered(attempt);
}

void StageCaller::call_on_thread(const std::shared_ptr<Attempt>& attempt,
                                 CallThreads::Scratch& scratch) {
  if (!attempt->cancelled()) {
    const auto begin = Clock::now();
    try {
      if (planned().type->make_scratch && !scratch) {
        scratch = planned().type->make_scratch(*planned().stage);
      }
      attempt->set_scratch(scratch.get());
      process(*attempt);
    } catch (...) {
      attempt->thrown();
    }
    attempt->settle();
    attempt->busy_ns = static_cast<std::uint64_t>((Clock::now() - begin).count());
  }
  owner_.answered(attempt);
}

void StageCaller::process(Attempt& attempt) {
  const Stage& stage = *planned().stage;
  Record record = attempt.record();
  switch (planned().type->role) {
    case Role::keyed_transform:
      return static_cast<const detail::KeyedStage&>(stage).process_keyed(
          record, attempt.key_state.get(), attempt);
    case Role::batch_transform: {
      Batch one({&attempt.data(), 1}, record.arena(), context_, context_.record_limit());
      return static_cast<const BatchTransform&>(stage).process(one, attempt);
    }
    default:
      return static_cast<const Transform&>(stage).process(record, attempt);
  }
}

}  // namespace weir::flow
