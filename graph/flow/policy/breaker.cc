#include "graph/flow/policy/breaker.h"

namespace weir::flow {

Breaker::Grant Breaker::allow(Clock::time_point now) {
  if (closed_) return epoch_;
  if (probing_ || now < probe_at_) return 0;
  probing_ = true;
  return ++epoch_;
}

void Breaker::succeeded(Grant grant) {
  if (grant != epoch_ || closed_) return;
  closed_ = true;
  probing_ = false;
  ++epoch_;
}

void Breaker::failed(Clock::time_point now, Grant grant) {
  if (grant != epoch_) return;
  if (!closed_) return open(now);
  while (!failures_.empty() && failures_.front() <= now - policy_.within) failures_.pop_front();
  failures_.push_back(now);
  if (failures_.size() >= static_cast<std::size_t>(policy_.failures)) open(now);
}

void Breaker::cancelled(Grant grant) {
  if (grant != epoch_ || !probing_) return;
  probing_ = false;
  ++epoch_;
}

void Breaker::open(Clock::time_point now) {
  closed_ = probing_ = false;
  ++epoch_;
  ++openings_;
  const auto most = Clock::time_point::max() - now;
  probe_at_ = policy_.cooldown < most ? now + policy_.cooldown : Clock::time_point::max();
  failures_.clear();
}

Breaker::State Breaker::state(Clock::time_point now) const {
  if (closed_) return State::closed;
  return probing_ || now >= probe_at_ ? State::half_open : State::open;
}

std::optional<Clock::time_point> Breaker::next_probe() const {
  if (closed_ || probing_) return std::nullopt;
  return probe_at_;
}

}  // namespace weir::flow
