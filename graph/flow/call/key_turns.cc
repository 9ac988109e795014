#include "graph/flow/call/key_turns.h"

#include <algorithm>
#include <utility>

#include "graph/flow/context/caught.h"
#include "weir/key_code.h"

namespace weir::flow {
namespace {

/// Returns the stage's own key fields or, where it has to keep the order within keys, those of the
/// stage that asked for it.
std::vector<Field> fields_of(const compile::Plan& plan, const compile::Region& region) {
  StageId stage = region.first;
  if (region.order != compile::Order::key) return plan.stages[stage].call.key.fields;
  const compile::Region* at = &region;
  while (plan.stages[stage].call.key.fields.empty() && !at->is_source()) {
    if (--stage >= at->first) continue;
    at = &plan.regions[at->inputs.front()];
    stage = at->last;
  }
  return plan.stages[stage].call.key.fields;
}

}  // namespace

KeyTurns::KeyTurns(RegionInput& input, Permits& permits, CallQueue& queue)
    : input_(input),
      plan_(input.context().plan),
      planned_(plan_.stages[input.stage()]),
      budget_(input.context().state),
      permits_(permits),
      queue_(queue),
      fields_(fields_of(plan_, input.quota().region)),
      has_state_(planned_.type->role == Role::keyed_transform),
      by_key_(!planned_.call.key.fields.empty()),
      orders_(input.quota().region.order == compile::Order::key) {}

const detail::KeyedStage& KeyTurns::stage() const {
  return static_cast<const detail::KeyedStage&>(*planned_.stage);
}

std::string KeyTurns::key_of(Record& record) const {
  std::string key;
  for (const Field& field : fields_) append_key(record.get(field), key);
  return key;
}

std::optional<CallError> KeyTurns::join(Slot& slot) {
  const std::string& key = slot.call.key_text;
  KeyLine* line = lines_.find(key);
  if (!line) {
    if (has_state_ && (!make_room(key) || !budget_.take(state_size(key)))) {
      return CallError{"state_full", "no room for the state of one more key"};
    }
    std::shared_ptr<void> state;
    try {
      if (has_state_) state = stage().make_state();
    } catch (...) {
      if (has_state_) budget_.give(state_size(key));
      Caught caught = caught_exception();
      return CallError{std::move(caught.kind), std::move(caught.message)};
    }
    line = &lines_.make(key);
    line->state = std::move(state);
    if (by_key_) line->calls = permits_.calls_of(key);
  }
  line->last_used = input_.queue().entered();
  line->slots.push_back(&slot);
  slot.call.key = line;
  return std::nullopt;
}

void KeyTurns::stand_in_line(Slot& slot) {
  if (!orders_) return;
  KeyLine* const line = lines_.find(slot.call.key_text);
  if (!line || line->slots.empty()) return;
  line->slots.push_back(&slot);
  slot.call.key = line;
}

std::uint64_t KeyTurns::state_size(const std::string& key) const {
  constexpr std::uint64_t kBeside = 1024;  // Table entry, line and its queue, control block.
  return stage().state_size() + key.size() + kBeside;
}

/// Makes room for the state of one more key, by evicting others if the stage may. Returns false if
/// there is none.
bool KeyTurns::make_room(const std::string& key) {
  const KeyPolicy& policy = planned_.call.key;
  const auto full = [&] {
    return (policy.max > 0 && lines_.size() >= policy.max) ||
           budget_.used() + state_size(key) > budget_.limit();
  };
  while (full() && policy.when_full == KeyPolicy::WhenFull::evict) {
    auto& all = lines_.all();
    auto oldest = all.end();
    for (auto it = all.begin(); it != all.end(); ++it) {
      if (!it->second.slots.empty()) continue;
      if (oldest == all.end() || it->second.last_used < oldest->second.last_used) oldest = it;
    }
    if (oldest == all.end()) break;
    budget_.give(state_size(oldest->first));
    all.erase(oldest);
    ++evicted_;
  }
  return !full();
}

void KeyTurns::leave(Slot& slot, Actions& actions) {
  if (!slot.call.key) return;
  KeyLine& line = *slot.call.key;
  if (!orders_ || slot.end == Slot::End::shed) {
    if (line.slots.front() == &slot) {
      line.slots.pop_front();
    } else {
      std::erase(line.slots, &slot);
    }
    slot.call.key = nullptr;
  }
  while (orders_ && !line.slots.empty() && line.slots.front()->state == Slot::State::done) {
    Slot& first = *line.slots.front();
    line.slots.pop_front();
    first.call.key = nullptr;
    input_.let_leave(first, actions);
  }
  if (by_key_) call_next_of(line, slot);
  if (line.slots.empty()) drop(slot.call.key_text);
}

/// Removes an empty line, unless it has state or a late call that must be waited for.
void KeyTurns::drop(const std::string& key) {
  const KeyLine* const line = lines_.find(key);
  if (has_state_ || (line->calls && line->calls->late.load() > 0)) return;
  if (line->calls) permits_.forget(key, *line);
  lines_.erase(key);
}

void KeyTurns::wait(Slot& slot) {
  const KeyLine& line = *slot.call.key;
  if (line.slots.front() != &slot) return;  // Its turn comes when the one before it is done.
  line.calls->waiting.emplace_back(&queue_, &slot);
  call_next(*line.calls);
}

void KeyTurns::withdraw(Slot& slot) {
  if (!slot.call.key) return;
  std::erase_if(slot.call.key->calls->waiting,
                [&](const auto& one) { return one.second == &slot; });
}

/// Lets the next call of a key be made, if none is in progress: that of the oldest record,
/// whichever pass it is in.
void KeyTurns::call_next(KeyCalls& calls) {
  if (calls.waiting.empty() || calls.late.load() > 0) return;
  const auto next =
      calls.now ? std::ranges::find(calls.waiting, calls.now, &std::pair<CallQueue*, Slot*>::second)
                : std::ranges::min_element(calls.waiting, {}, [](const auto& one) {
                    return std::pair(one.second->rank.place, one.second->number);
                  });
  if (next == calls.waiting.end()) return;
  const auto [queue, slot] = *next;
  calls.waiting.erase(next);
  calls.now = slot;
  queue->add_again(*slot);
  if (queue != &queue_) permits_.freed = true;
}

/// Chooses the next call of a key after `done`, which needs no call, or no longer does.
void KeyTurns::call_next_of(KeyLine& line, const Slot& done) {
  KeyCalls& calls = *line.calls;
  if (calls.now == &done) calls.now = nullptr;
  Slot* const first = line.slots.empty() ? nullptr : line.slots.front();
  if (first && first->state == Slot::State::queued && !calls.knows(*first)) {
    wait(*first);
  } else {
    call_next(calls);
  }
}

void KeyTurns::hold(Attempt& attempt) {
  const Slot& slot = *attempt.slot;
  attempt.late_of = slot.call.key->calls;
  attempt.late_of->late.fetch_add(1);
  late_keys_.insert(slot.call.key_text);
}

void KeyTurns::look_for_late() {
  for (auto key = late_keys_.begin(); key != late_keys_.end();) {
    KeyLine* const line = lines_.find(*key);
    if (line && line->calls->late.load() > 0) {
      ++key;
      continue;
    }
    if (line) call_next(*line->calls);
    if (line && line->slots.empty()) drop(*key);
    key = late_keys_.erase(key);
  }
}

bool KeyTurns::finish(Call& call) {
  if (!has_state_) return false;
  std::vector<std::pair<std::uint64_t, void*>> states;
  for (auto& [key, line] : lines_.all()) {
    if (line.number >= finished_) states.emplace_back(line.number, line.state.get());
  }
  std::sort(states.begin(), states.end());
  for (const auto& [number, state] : states) {
    if (call.full()) return true;
    stage().finish_keyed(state, call);
    finished_ = number + 1;
  }
  return false;
}

}  // namespace weir::flow
