#include "graph/flow/pump/pump.h"

#include <algorithm>
#include <utility>

namespace weir::flow {

Pump::Pump(RunContext& context, RegionQuota& quota, BatchFiller& filler, TokenPool& tokens,
           Hooks hooks)
    : context_(context),
      quota_(quota),
      filler_(filler),
      tokens_(tokens),
      hooks_(std::move(hooks)) {}

Pump::~Pump() {
  if (thread_.joinable()) {
    context_.stop_all();
    stopped_.store(true);
    wake();
    {
      const Lock lock(mutex_);
      wake_.notify_one();
    }
    thread_.join();
  }
}

void Pump::start(bool blocking) {
  own_thread_ = blocking;
  if (blocking) {
    thread_ = std::thread([this] { thread_main(); });
  } else {
    hooks_.schedule();
  }
}

void Pump::thread_main() {
  while (!stopped_) {
    working_.store(true, std::memory_order_release);
    if (state_.load() != State::ended) {
      run();
    } else if (poked_.exchange(false)) {
      hooks_.poked();
    }
    working_.store(false, std::memory_order_release);
    if (stopped_ || (state_.load() == State::ended && !hooks_.poked)) return;
    Lock lock(mutex_);
    lock.wait(wake_, [&] {
      const State state = state_.load();
      return stopped_ || state == State::running || (state == State::ended && poked_.load());
    });
  }
}

void Pump::tick() {
  tick_.store(true);
  wake();
}

void Pump::poke() {
  poked_.store(true);
  wake();
  if (state_.load() != State::ended) return;
  const Lock lock(mutex_);
  wake_.notify_one();
}

void Pump::run() {
  while (true) {
    switch (step()) {
      case Step::progress:
        continue;
      case Step::issued:
        if (issue(*std::exchange(filled_, nullptr))) continue;
        return;
      case Step::ended:
        state_.store(State::ended);
        hooks_.ended();
        return;
      case Step::parked:
        break;
    }
    // The pump parks and then looks again: whoever freed something in between may have seen it
    // running, and not have woken it.
    parking_.fetch_add(1);
    state_.store(State::parked);
    State parked = State::parked;
    const bool parks = !may_fill();
    const bool goes_on = !parks && state_.compare_exchange_strong(parked, State::running);
    parking_.fetch_sub(1);
    if (parks) return hooks_.parked();
    if (!goes_on) return;
  }
}

/// Puts the token into the graph. Returns false if another thread goes on as the pump. The next
/// token is left to the worker thread that is free first; this thread works on the batch that it
/// has just filled, while its cache holds it.
bool Pump::issue(Token& token) {
  hooks_.admit();
  if (own_thread_) {
    hooks_.put(&token);
    return true;
  }
  hooks_.schedule();
  hooks_.put(&token);
  return false;
}

void Pump::wake() {
  State parked = State::parked;
  if (!state_.compare_exchange_strong(parked, State::running)) return;
  if (own_thread_) {
    const Lock lock(mutex_);
    wake_.notify_one();
  } else {
    hooks_.schedule();
  }
}

/// Wakes the pump once there is room for several tokens, because waking is expensive. The last
/// token to end always finds room, so the pump is never forgotten.
void Pump::wake_if_roomy() {
  if (state_.load() != State::parked || !may_fill()) return;
  if (waiting_.load() <= depth() / 2 && quota_.gate.tokens() <= window() * 3 / 4) wake();
}

void Pump::token_begun() {
  waiting_.fetch_sub(1);
  wake_if_roomy();
}

void Pump::token_ended() {
  ended_tokens_.fetch_add(1);
  wake_if_roomy();
}

/// Returns how many tokens may be on their way: the limit, or fewer if batches have grown so large
/// that memory would run out.
int Pump::window() const {
  const std::uint64_t footprint = quota_.pacer.footprint();
  if (footprint == 0) return quota_.gate.tokens_limit();
  const std::uint64_t fit = quota_.pool.normal_room() / (footprint + footprint / 4);
  return static_cast<int>(
      std::clamp<std::uint64_t>(fit, 1, static_cast<std::uint64_t>(quota_.gate.tokens_limit())));
}

/// Returns how many tokens may wait for a worker thread: enough for all threads to find one, few
/// enough that batches soon have the size that the pacer chooses.
int Pump::depth() const { return 2 * context_.plan.limits.threads + 2; }

bool Pump::may_fill() const {
  const bool stopped = quota_.of_source() && context_.stopped(*quota_.region.source);
  if (stopped || poked_.load() || tick_.load()) return true;
  if (quota_.gate.tokens() >= window()) return false;
  if (waiting_.load() >= depth()) return false;
  if (starved_at_ == ended_tokens_.load() && quota_.gate.tokens() > 0) return false;
  return filler_.ready();
}

Pump::Step Pump::step() {
  if (!begun_) {
    begun_ = true;
    Token* token = tokens_.get();
    token->kind = Token::Kind::begin;
    token->set_number(take_number());
    token->filled = true;
    if (!quota_.of_source()) token->first_place = {TokenNumber(), 0, token->source};
    waiting_.fetch_add(1);
    filled_ = token;
    return Step::issued;
  }
  if (poked_.exchange(false)) {
    hooks_.poked();
    return Step::progress;
  }
  if (ended_) return Step::ended;
  if (tick_.exchange(false)) {
    issue_tick();
    return Step::issued;
  }
  if (!may_fill()) return Step::parked;
  const std::uint32_t credits = filler_.take_credits(quota_.pacer.want_records());
  Token* token = tokens_.get();
  token->credits = credits;
  token->set_number(next_number_);
  return fill(token);
}

/// Fills a tick: a batch without records, for stages that have something to do by the clock.
void Pump::issue_tick() {
  Token* const token = tokens_.get();
  token->kind = Token::Kind::tick;
  token->set_number(take_number());
  // Records of a tick need not wait for any place.
  token->first_place = {TokenNumber(), 0, token->source};
  token->frontier = last_rank_;
  waiting_.fetch_add(1);
  filled_ = token;
}

Pump::Step Pump::fill(Token* token) {
  const bool alone = quota_.gate.tokens() == 0 && starved_at_ == ended_tokens_.load();
  starved_at_ = ~std::uint64_t{0};
  const BatchFiller::Got got = filler_.fill(*token, alone);
  if (got == BatchFiller::Got::starved) starved_at_ = ended_tokens_.load();
  if (got == BatchFiller::Got::some || got == BatchFiller::Got::last) {
    take_number();
    token->show();
    last_rank_ = token->frontier;
    waiting_.fetch_add(1);
    filled_ = token;
    ended_ = got == BatchFiller::Got::last;
    return Step::issued;
  }
  quota_.gate.give_records(token->credits);
  tokens_.put(token);
  if (got == BatchFiller::Got::end) return Step::ended;
  return got == BatchFiller::Got::starved ? Step::parked : Step::progress;
}

}  // namespace weir::flow
