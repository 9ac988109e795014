#include "graph/flow/call/call_stage.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>
#include <utility>

#include "weir/in_quotes.h"
#include "weir/value_text.h"

namespace weir::flow {
namespace {

std::string shown(const Value& value) {
  if (value.is_null()) return "nothing";
  std::string text;
  append_text(text, value);
  return in_quotes(text);
}

}  // namespace

CallStage::CallStage(RegionInput& input, EventLoop& loop, TokenBucket* rate,
                     std::shared_ptr<Permits> permits)
    : input_(input),
      planned_(input.context().plan.stages[input.stage()]),
      loop_(loop),
      permits_(std::move(permits)),
      queue_(input.shed_order()),
      turns_(input, *permits_, queue_),
      caller_(input.context(), *this, input.stage()),
      attempts_(input, *this, queue_, turns_, caller_, permits_, rate) {
  if (!planned_.when.empty()) {
    for (std::size_t i = 0; i < input.quota().region.inputs.size(); ++i) {
      whens_.push_back(planned_.when.evaluator());
    }
  }
  loop.add(*this);
  permits_->passes.push_back(this);
}

CallStage::~CallStage() = default;

// Called by the input.

void CallStage::prepare(Slot& slot, Record& record) {
  if (turns_.any()) slot.call.key_text = turns_.key_of(record);
  slot.call.wanted = whens_.empty() || whens_[slot.input_index]->test(record);
  if (slot.call.wanted) slot.call.cost = cost_of(record);
}

std::uint32_t CallStage::cost_of(Record& record) const {
  const compile::CostPolicy& cost = planned_.call.cost;
  const auto most = static_cast<double>(planned_.workers.max);
  double permits = cost.fixed;
  if (!cost.field.empty()) {
    const Value value = record.get(cost.field);
    permits = value.is_number() ? value.as_real() : 0;
    if (!(permits >= 1) || std::trunc(permits) != permits) {
      throw Error(
          "cost",
          "expected a whole number from 1 on in '" + cost.field.name() + "', got " + shown(value),
          false);
    }
  }
  return static_cast<std::uint32_t>(std::clamp(permits, 1.0, most));
}

void CallStage::enter(Slot& slot, Actions& actions) {
  if (!slot.call.wanted) {
    turns_.stand_in_line(slot);
    return input_.finish(slot, Slot::End::passed, actions);
  }
  if (turns_.any()) {
    if (auto error = turns_.join(slot)) return input_.fail(slot, std::move(*error), actions);
  }
  queue_.enter(slot);
  attempts_.wait(slot);
  schedule(actions);
}

void CallStage::settled(Actions& actions) {
  attempts_.memory_may_do();
  schedule(actions);
}

Slot* CallStage::oldest_queued() const {
  if (!turns_.by_key()) return queue_.first_fresh();
  Slot* slot = input_.queue().first_waiting();
  while (slot && !slot->call.uncalled) slot = slot->next;
  return slot;
}

Doing CallStage::doing(const Slot& slot) const {
  if (slot.state == Slot::State::running) return Doing::running;
  if (slot.state == Slot::State::backoff) return Doing::backoff;
  if (turns_.by_key() && !queue_.has(slot)) return Doing::keyed;
  if (attempts_.memory_short()) return Doing::memory;
  return attempts_.rate_at() ? Doing::rated : Doing::queued;
}

void CallStage::fill(CallReport& report) const {
  attempts_.fill(report);
  report.evicted = turns_.evicted();
  report.workers = permits_->limit.limit();
}

// Permits are given.

/// Gives permits to waiting records, the oldest first.
void CallStage::schedule(Actions& actions) {
  if (input_.abandoned()) return;
  attempts_.forget_rate();
  attempts_.hedge();
  bool expired = false;
  if (queue_.front()) {
    while (Slot* const slot = queue_.front()) {
      if (slot->call.uncalled && input_.too_old(*slot)) {
        input_.shed_old(*slot, actions);
        expired = true;
        continue;
      }
      if (attempts_.memory_short() && slot != input_.queue().first_waiting()) break;
      if (older_elsewhere(*slot)) {
        permits_->freed = true;
        break;
      }
      if (!attempts_.begin(*slot, actions)) break;
    }
    if (planned_.call.queue && input_.wants_room()) input_.let_come(actions);
  }
  attempts_.leave_rate();
  tell_loop(actions);
  if (expired) input_.room_after_old(actions);
}

/// Returns whether another pass of a loop has an older record that could have the permit. (The
/// passes share one lock.)
bool CallStage::older_elsewhere(const Slot& slot) const {
  return std::ranges::any_of(
      permits_->passes, [&](const CallStage* pass) WEIR_REQUIRES(input_lock) {
        if (pass == this || pass->input_.abandoned()) return false;
        if (pass->attempts_.memory_short() || pass->attempts_.rate_at()) return false;
        const Slot* const next = pass->queue_.front();
        return next && !next->call.starved && !pass->attempts_.has_breaker() &&
               permits_->fits(next->call.cost) && next->rank.place < slot.rank.place;
      });
}

void CallStage::tell_loop(Actions& actions) {
  // The event loop visits the other passes, too.
  if (std::exchange(permits_->freed, false)) actions.loop = true;
  if (in_turn_) return;  // It looks again before it leaves.
  if (attempts_.has_started()) actions.loop = true;
  for (const auto& next : {attempts_.next_timer(), attempts_.rate_at()}) {
    if (next && (!told_ || *next < *told_)) actions.loop = true;
  }
}

std::optional<Clock::time_point> CallStage::turn() {
  while (true) {
    Actions actions;
    std::vector<std::shared_ptr<Attempt>> started;
    std::optional<Clock::time_point> next;
    {
      const RegionInput::Locked lock(input_);
      in_turn_ = true;
      attempts_.memory_may_do();
      attempts_.run_timers(actions);
      if (turns_.has_late()) turns_.look_for_late();
      schedule(actions);
      started = attempts_.take_started();
      if (started.empty()) {
        next = attempts_.next_timer();
        const auto rate_at = attempts_.rate_at();
        if (rate_at && (!next || *rate_at < *next)) next = rate_at;
        told_ = next;
        in_turn_ = false;
      }
    }
    input_.perform(actions);
    if (started.empty()) return next;
    for (const auto& attempt : started) caller_.call(attempt);
  }
}

// Called by attempts.

void CallStage::answered(std::shared_ptr<Attempt> attempt) noexcept {
  Actions actions;
  {
    const RegionInput::Locked lock(input_);
    attempts_.answered(attempt, actions);
    schedule(actions);
  }
  input_.perform(actions);
}

void CallStage::answers_after(std::shared_ptr<Attempt> attempt,
                              std::chrono::nanoseconds time) noexcept {
  Actions actions;
  {
    const RegionInput::Locked lock(input_);
    attempts_.answers_after(*attempt, time);
    tell_loop(actions);
  }
  input_.perform(actions);
}

void CallStage::waits_for_turn(Attempt& attempt) noexcept {
  const RegionInput::Locked lock(input_);
  attempts_.waits_for_turn(attempt);
}

void CallStage::has_turn(Attempt& attempt) noexcept {
  Actions actions;
  {
    const RegionInput::Locked lock(input_);
    attempts_.has_turn(attempt);
    tell_loop(actions);
  }
  input_.perform(actions);
}

void CallStage::late_over(Attempt& attempt) noexcept {
  if (attempt.late_of->late.fetch_sub(1) == 1) loop_.wake();
}

// Called by the run.

void CallStage::set_workers(int min, int max) {
  Actions actions;
  {
    const RegionInput::Locked lock(input_);
    permits_->limit.set_bounds(min, max);
    schedule(actions);
  }
  input_.perform(actions);
}

bool CallStage::quiesce(Clock::time_point until) {
  constexpr std::chrono::milliseconds kLook{1};
  if (!caller_.stop(until)) return false;
  while (true) {
    input_.slabs().release_empty();
    if (input_.slabs().held() == 0) return true;
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace weir::flow
