// How a CallStage calls its stage: on the event loop or on threads of its own, never under its
// lock. And the lines of its keys.

#include <algorithm>
#include <chrono>
#include <cmath>

#include "graph/flow/call_stage.h"
#include "graph/flow/caught.h"
#include "weir/key_code.h"

namespace weir {

void CallStage::call_async(const std::shared_ptr<Attempt>& attempt) {
  if (attempt->cancelled()) return;
  if (attempt->fault.act == Fault::Act::error) {
    try {
      attempt->record().fail("chaos", "an injected fault");
    } catch (...) {
      attempt->thrown();
    }
    return answered(attempt);
  }
  auto& stage = static_cast<AsyncTransform&>(*planned().stage);
  attempt->starter.store(std::this_thread::get_id());
  bool thrown = false;
  try {
    stage.start(Completion(attempt));
  } catch (...) {
    // Where `start` has handed the completion on, it is for who has it now to answer.
    if (attempt->dropped) attempt->thrown();
    thrown = true;
  }
  attempt->starter.store(std::thread::id());
  if (!attempt->dropped) return;
  if (!thrown) return attempt->let_go();
  answered(attempt);
}

void CallStage::call_blocking(const std::shared_ptr<Attempt>& attempt,
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
    attempt->busy_ns = static_cast<std::uint64_t>((Clock::now() - begin).count());
  }
  answered(attempt);
}

void CallStage::process(Attempt& attempt) {
  const Stage& stage = *planned().stage;
  Record record = attempt.record();
  switch (planned().type->role) {
    case Role::keyed_transform:
      return static_cast<const detail::KeyedStage&>(stage).process_keyed(
          record, attempt.key_state.get(), attempt);
    case Role::batch_transform: {
      Batch one({&attempt.data(), 1}, record.arena(), env_, env_.record_limit());
      return static_cast<const BatchTransform&>(stage).process(one, attempt);
    }
    default:
      return static_cast<const Transform&>(stage).process(record, attempt);
  }
}

std::uint32_t CallStage::cost_of(Record& record) {
  const CostPolicy& cost = policy_.cost;
  const auto most = static_cast<double>(planned().workers.max);
  double permits = cost.fixed;
  if (!cost.field.empty()) {
    const Value value = record.get(cost.field);
    if (!value.is_number() || std::isnan(value.as_real())) {
      throw Error("cost", "expected a number in '" + cost.field.name() + "'", false);
    }
    permits = value.as_real();
  }
  return static_cast<std::uint32_t>(std::clamp(permits, 1.0, most));
}

std::string CallStage::key_of(Record& record) {
  std::string key;
  for (const Field& field : key_) append_key(record.get(field), key);
  return key;
}

/// False: there is no room for the state of one more key, which is the record's error.
bool CallStage::join_line(Slot& slot, Actions& actions) {
  KeyLine* line = lines_->find(slot.key_text);
  if (!line) {
    if (keyed_ && (!room_for_key(slot.key_text) || !env_.state.take(key_size(slot.key_text)))) {
      fail(slot, {"state_full", "no room for the state of one more key"}, actions);
      return false;
    }
    std::shared_ptr<void> state;
    try {
      if (keyed_) {
        state = static_cast<const detail::KeyedStage&>(*planned().stage).make_state();
      }
    } catch (...) {
      if (keyed_) env_.state.give(key_size(slot.key_text));
      Caught caught = caught_exception();
      fail(slot, {std::move(caught.kind), std::move(caught.message)}, actions);
      return false;
    }
    line = &lines_->make(slot.key_text);
    line->state = std::move(state);
  }
  line->last_used = next_number_;
  line->slots.push_back(&slot);
  slot.key = line;
  return true;
}

void CallStage::stand_in_line(Slot& slot) {
  if (share_.region.order != Order::key) return;
  KeyLine* const line = lines_->find(slot.key_text);
  if (!line || line->slots.empty()) return;
  line->slots.push_back(&slot);
  slot.key = line;
}

std::uint64_t CallStage::key_size(const std::string& key) const {
  constexpr std::uint64_t kBeside = 1024;  // Table entry, the line and its queue, control block.
  return static_cast<const detail::KeyedStage&>(*planned().stage).state_size() + key.size() +
         kBeside;
}

bool CallStage::room_for_key(const std::string& key) {
  const auto full = [&] {
    return (policy_.key.max > 0 && lines_->size() >= policy_.key.max) ||
           env_.state.used() + key_size(key) > env_.state.limit();
  };
  while (full() && policy_.key.when_full == KeyPolicy::WhenFull::evict) {
    auto& all = lines_->all();
    auto oldest = all.end();
    for (auto it = all.begin(); it != all.end(); ++it) {
      if (!it->second.slots.empty()) continue;
      if (oldest == all.end() || it->second.last_used < oldest->second.last_used) oldest = it;
    }
    if (oldest == all.end()) break;
    env_.state.give(key_size(oldest->first));
    all.erase(oldest);
    ++report_.evicted;
  }
  return !full();
}

void CallStage::leave_line(Slot& slot, Actions& actions) {
  if (!slot.key) return;
  KeyLine& line = *slot.key;
  const bool by_key = share_.region.order == Order::key;
  if (!by_key || slot.end == Slot::End::shed) {
    std::erase(line.slots, &slot);
    slot.key = nullptr;
  }
  while (by_key && !line.slots.empty() && line.slots.front()->state == Slot::State::done) {
    Slot& first = *line.slots.front();
    line.slots.pop_front();
    first.key = nullptr;
    let_leave(first, actions);
  }
  if (line.slots.empty()) {
    if (!keyed_) lines_->erase(slot.key_text);
  } else if (Slot& first = *line.slots.front(); keyed_ && first.state == Slot::State::queued) {
    if (!again_.contains({first.number, &first})) queue(first);
  }
}

bool CallStage::finish_keys(Call& call) {
  if (!keyed_) return false;
  std::vector<std::pair<std::uint64_t, void*>> states;
  for (auto& [key, line] : lines_->all()) {
    if (line.number >= finished_keys_) states.emplace_back(line.number, line.state.get());
  }
  std::sort(states.begin(), states.end());
  const auto& stage = static_cast<const detail::KeyedStage&>(*planned().stage);
  for (const auto& [number, state] : states) {
    if (call.full()) return true;
    stage.finish_keyed(state, call);
    finished_keys_ = number + 1;
  }
  return false;
}

bool CallStage::quiesce(Clock::time_point until) {
  constexpr std::chrono::milliseconds kLook{1};
  if (threads_ && !threads_->stop(until)) return false;
  while (true) {
    slabs_.release_empty();
    if (slabs_.held() == 0) return true;
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace weir
