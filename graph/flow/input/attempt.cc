#include "graph/flow/input/attempt.h"

#include <algorithm>

#include <cstring>

#include "graph/flow/context/caught.h"
#include "graph/flow/context/run_context.h"
#include "graph/flow/input/slot.h"
#include "graph/flow/memory/record_copy.h"

namespace weir::flow {

using detail::RecordData;

void AttemptOutput::grow() {
  const std::uint32_t capacity = capacity_ == 0 ? 4 : 2 * capacity_;
  auto* data = reinterpret_cast<RecordData*>(arena_.take(capacity * sizeof(RecordData)));
  if (size_ > 0) std::memcpy(data, data_, size_ * sizeof(RecordData));
  data_ = data;
  capacity_ = capacity;
}

Attempt::Attempt(AttemptOwner& owner, RunContext& context, StageId stage, Slot& slot_, int number_,
                 SlabPool& pool, Lane lane, bool copy)
    : slot(&slot_),
      number(number_),
      owner_(owner),
      context_(context),
      input_bytes_(pool),
      arena_bytes_(pool),
      out_(arena_bytes_),
      record_(slot_.input) {
  arena_bytes_.set_lane(lane);
  in_reserve = lane == Lane::reserve;
  if (copy) {
    const CopySize size = copied_size(slot_.input);
    arena_bytes_.first_size(size.all());
    if (!copy_out(slot_.input, size, arena_bytes_, record_)) throw detail::OutOfMemory{};
  } else if (record_.field_count > 0) {
    record_.flags |= detail::kFieldsShared;
  }
  arena_bytes_.begin_call(context.record_limit());
  timeout.kind = CallTimer::kTimeout;
  wake.kind = CallTimer::kWake;
  timeout.owner = wake.owner = this;
  output_ = &out_;
  ports_ = ports_of(context.plan.stages[stage]);
  current_ = &record_;
  arena_ = &arena_bytes_;
  host_ = &context;
  stopping_ = &cancelled_;
  end_input_ = &ends_input_;
  attempt_ = number;
}

Attempt::~Attempt() {
  if (late_of) owner_.late_over(*this);
  owner_.attempt_gone(*this);
}

Record Attempt::record() { return Record(record_, arena_bytes_, context_); }

void Attempt::answer() noexcept {
  settle();
  owner_.answered(shared_from_this());
}

void Attempt::answer_after(std::chrono::nanoseconds time) noexcept {
  settle();
  owner_.answers_after(shared_from_this(), time);
}

void Attempt::waits() noexcept { owner_.waits_for_turn(*this); }

void Attempt::begins() noexcept { owner_.has_turn(*this); }

/// Ends the call. If the arena refused memory, that decides, even if the stage has caught it.
void Attempt::settle() noexcept {
  try {
    arena_bytes_.end_call();
  } catch (...) {
    thrown();
  }
}

void Attempt::thrown() noexcept {
  try {
    const Caught caught = caught_exception(arena_bytes_);
    arena_bytes_.begin_call(context_.record_limit());
    record().fail(caught.kind, caught.message, caught.retryable);
  } catch (const detail::OutOfMemory&) {
    if (in_reserve) {
      // The reserve has room for a record within the rules; a stage that breaks them loses it.
      last_resort_.error = {"memory", "the record took more than limits.record allows", 0, 1,
                            false};
      record_.extra = &last_resort_;
      record_.state = detail::RecordState::failed;
    } else {
      starved.store(true, std::memory_order_relaxed);
    }
    arena_bytes_.begin_call(0);  // The refusal is dealt with.
  }
}

void Attempt::let_go() noexcept {
  if (starter.load() == std::this_thread::get_id()) {
    dropped = true;
    return;
  }
  try {
    record().fail("unanswered", "the stage let go of the record without an answer");
  } catch (...) {
    thrown();
  }
  answer();
}

void Attempt::on_cancel(std::function<void()> function) {
  {
    const Lock lock(cancel_mutex_);
    if (!cancelled()) {
      on_cancel_ = std::move(function);
      return;
    }
  }
  function();
}

void Attempt::cancel() {
  std::function<void()> function;
  {
    const Lock lock(cancel_mutex_);
    cancelled_.store(true, std::memory_order_release);
    function = std::exchange(on_cancel_, nullptr);
  }
  try {
    if (function) function();
  } catch (...) {
    // The stage could not be told and works on for nothing; nobody waits for it.
  }
}

bool Attempt::went_to(std::optional<std::size_t> port) {
  if (!port) return false;
  const auto there = [&](const detail::RecordData& record) { return record.port == *port; };
  if (!emitted().empty()) return std::ranges::any_of(emitted(), there);
  return record_.state == detail::RecordState::live && there(record_);
}

}  // namespace weir::flow
