#include "graph/flow/call_stage.h"

namespace weir {

namespace {

/// A stage's own key, or, where it has to keep the order within keys, that of the stage which asked
/// for it.
std::vector<Field> keys_of(const Plan& plan, const Region& region) {
  int stage = region.first;
  if (region.order != Order::key) return plan.at(stage).call.key.fields;
  const Region* at = &region;
  while (plan.at(stage).call.key.fields.empty() && !at->is_source()) {
    if (--stage >= at->first) continue;
    at = &plan.regions[static_cast<std::size_t>(at->inputs.front())];
    stage = at->last;
  }
  return plan.at(stage).call.key.fields;
}

}  // namespace

CallStage::CallStage(Environment& env, Share& share, EventLoop& loop, TokenBucket* rate,
                     std::shared_ptr<Permits> permits)
    : ReorderBuffer(env, share, &permits->mutex),
      policy_(planned().call),
      key_(keys_of(env.plan, share.region)),
      async_(planned().type->role == Role::async_transform),
      keyed_(planned().type->role == Role::keyed_transform),
      loop_(loop),
      rate_(rate),
      permits_(std::move(permits)),
      hedge_budget_(policy_.hedge ? policy_.hedge->budget : 0, planned().workers.max) {
  if (policy_.breaker) breaker_.emplace(*policy_.breaker);
  if (!key_.empty()) lines_.emplace();
  if (env.chaos_at(stage_)) chaos_ = &env.services.chaos->plan;
  if (!async_) {
    threads_ = std::make_unique<CallThreads>(
        [this](const std::shared_ptr<Attempt>& attempt, CallThreads::Scratch& scratch) {
          call_blocking(attempt, scratch);
        });
  }
  loop.add(*this);
  permits_->passes.push_back(this);
}

CallStage::~CallStage() = default;

void CallStage::set_workers(int min, int max) {
  Actions actions;
  {
    const Locked lock(*this);
    permits_->limit.set_bounds(min, max);
    schedule(actions);
  }
  perform(actions);
}

void CallStage::perform(Actions& actions) {
  if (actions.loop) loop_.wake();
  ReorderBuffer::perform(actions);
}

void CallStage::tell_loop(Actions& actions) {
  if (std::exchange(freed_, false)) actions.loop = true;
  if (in_turn_) return;  // It looks for itself before it goes.
  if (!to_begin_.empty()) actions.loop = true;
  for (const auto& next : {timers_.next(), rate_at_}) {
    if (next && (!told_ || *next < *told_)) actions.loop = true;
  }
}

// What waits for a permit.

void CallStage::queue(Slot& slot) {
  slot.state = Slot::State::queued;
  const bool in_line = keyed_ && slot.key->slots.front() != &slot;
  if (in_line) return;  // Its turn comes when the one before it is done.
  if (slot.uncalled && !keyed_) {
    slot.fresh = true;
    fresh_.push_back(slot);
  } else {
    again_.emplace(slot.number, &slot);
  }
}

void CallStage::unqueue(Slot& slot) {
  if (slot.fresh) {
    fresh_.remove(slot);
    slot.fresh = false;
  } else {
    again_.erase({slot.number, &slot});
  }
  if (slot.uncalled) {
    slot.uncalled = false;
    --uncalled_;
    uncalled_bytes_ -= slot.arena.capacity();
  }
}

/// The oldest that wants a permit.
Slot* CallStage::next_ready() const {
  Slot* const fresh = fresh_.front();
  if (again_.empty()) return fresh;
  const auto& [number, again] = *again_.begin();
  return fresh && fresh->number < number ? fresh : again;
}

Slot* CallStage::oldest_queued() const {
  if (!keyed_) return fresh_.front();
  Slot* slot = waiting_.front();
  while (slot && !slot->uncalled) slot = slot->next;
  return slot;
}

void CallStage::entered(Slot& slot, Actions& actions) {
  if (!slot.to_call) {
    stand_in_line(slot);
    return finish(slot, Slot::End::passed, actions);
  }
  if (lines_ && !join_line(slot, actions)) return;
  slot.uncalled = true;
  ++uncalled_;
  uncalled_bytes_ += slot.arena.capacity();
  queue(slot);
  schedule(actions);
}

void CallStage::schedule(Actions& actions) {
  if (abandoned_) return;
  rate_at_.reset();
  if (next_ready()) {
    while (Slot* const slot = next_ready()) {
      if (memory_short_ && slot != waiting_.front()) break;
      if (older_elsewhere(*slot)) {
        freed_ = true;  // The event loop comes by there, too.
        break;
      }
      if (!begin(*slot, actions)) break;
    }
    if (policy_.queue && wants_room()) let_come(actions);
  }
  if (rate_ && !rate_at_) rate_->withdraw(this);
  tell_loop(actions);
}

/// Whether another pass of a loop has an older record that could have the permit. (They have one
/// lock.)
bool CallStage::older_elsewhere(const Slot& slot) const {
  return std::ranges::any_of(permits_->passes, [&](const CallStage* pass) {
    if (pass == this || pass->memory_short_ || pass->abandoned_ || pass->rate_at_) return false;
    const Slot* const next = pass->next_ready();
    return next && !next->starved && !pass->breaker_ && permits_->fits(next->cost) &&
           next->rank.place < slot.rank.place;
  });
}

std::optional<Clock::time_point> CallStage::turn() {
  while (true) {
    Actions actions;
    Started started;
    std::optional<Clock::time_point> next;
    {
      const Locked lock(*this);
      in_turn_ = true;
      memory_short_ = false;
      while (Timer* timer = timers_.pop_due(now_)) run_timer(*timer, actions);
      schedule(actions);
      started.swap(to_begin_);
      if (started.empty()) {
        next = timers_.next();
        if (rate_at_ && (!next || *rate_at_ < *next)) next = rate_at_;
        told_ = next;
        in_turn_ = false;
      }
    }
    perform(actions);
    if (started.empty()) return next;
    for (const auto& attempt : started) call_async(attempt);
  }
}

void CallStage::settled(Actions& actions) {
  memory_short_ = false;
  schedule(actions);
}

void CallStage::abandon() {
  {
    const std::lock_guard lock(mutex_);
    to_begin_.clear();
  }
  ReorderBuffer::abandon();
}

bool CallStage::waits() const {
  if (ReorderBuffer::waits()) return true;
  const std::lock_guard lock(mutex_);
  return running_ > 0 || !timers_.empty() || rate_at_;
}

Doing CallStage::doing(const Slot& slot) const {
  if (slot.state == Slot::State::running) return Doing::running;
  if (slot.state == Slot::State::backoff) return Doing::backoff;
  if (memory_short_) return Doing::memory;
  return rate_at_ ? Doing::rated : Doing::queued;
}

void CallStage::fill(StageReport& report) const {
  const std::lock_guard lock(mutex_);
  CallReport calls = report_;
  calls.shed = shed_;
  calls.workers = permits_->limit.limit();
  calls.peak_records = peak_;
  const auto seconds = [&](double percent) {
    return std::chrono::duration<double>(latencies_.whole_run().percentile(percent)).count();
  };
  calls.p50 = seconds(50);
  calls.p99 = seconds(99);
  report.calls = calls;
}

}  // namespace weir
