#include "graph/flow/pump.h"

#include <algorithm>
#include <utility>

namespace weir {

Pump::Pump(Environment& env, Share& share, Intake& intake, TokenPool& tokens, Hooks hooks)
    : env_(env), share_(share), intake_(intake), tokens_(tokens), hooks_(std::move(hooks)) {}

Pump::~Pump() {
  if (thread_.joinable()) {
    env_.stop_all();
    stopped_.store(true);
    wake();
    {
      const std::lock_guard lock(mutex_);
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
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] {
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
  const std::lock_guard lock(mutex_);
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
    // Park, then look again: what became free in between may have seen us running.
    state_.store(State::parked);
    if (!may_fill()) return;
    State parked = State::parked;
    if (!state_.compare_exchange_strong(parked, State::running)) return;
  }
}

/// Sends the token on its way; false: somebody else goes on. The next is left to the worker that is
/// free first; this one works on the batch that it has just filled, while its cache has it.
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
    const std::lock_guard lock(mutex_);
    wake_.notify_one();
  } else {
    hooks_.schedule();
  }
}

/// Waking costs; it pays once there is room for several tokens. The last token to end always
/// finds room, so none is forgotten.
void Pump::wake_if_roomy() {
  if (state_.load() != State::parked || !may_fill()) return;
  if (waiting_.load() <= depth() / 2 && share_.gate.tokens() <= window() * 3 / 4) wake();
}

void Pump::token_begun() {
  waiting_.fetch_sub(1);
  wake_if_roomy();
}

void Pump::token_ended() {
  ended_tokens_.fetch_add(1);
  wake_if_roomy();
}

/// Tokens that may be on their way: the limit, or fewer where batches have grown so much that
/// memory would run out.
int Pump::window() const {
  const std::uint64_t footprint = share_.pacer.footprint();
  if (footprint == 0) return share_.gate.tokens_limit();
  const std::uint64_t fit = share_.pool.normal_limit() / (footprint + footprint / 4);
  return static_cast<int>(
      std::clamp<std::uint64_t>(fit, 1, static_cast<std::uint64_t>(share_.gate.tokens_limit())));
}

/// Tokens that may wait for a worker: enough for all to find one, few enough that batches soon have
/// the size that the pacer finds.
int Pump::depth() const { return 2 * env_.plan.limits.threads + 2; }

bool Pump::may_fill() const {
  const bool stopped =
      share_.of_source() && env_.stopped(static_cast<std::size_t>(share_.region.source));
  if (stopped || poked_.load() || tick_.load()) return true;
  if (share_.gate.tokens() >= window()) return false;
  if (waiting_.load() >= depth()) return false;
  if (starved_at_ == ended_tokens_.load() && share_.gate.tokens() > 0) return false;
  return intake_.ready();
}

Pump::Step Pump::step() {
  if (!begun_) {
    begun_ = true;
    Token* token = tokens_.get();
    token->kind = Token::Kind::begin;
    token->set_sequence(next_sequence());
    token->filled = true;
    if (!share_.of_source()) token->first_place = {0, 0, token->source};
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
  const std::uint32_t credits = intake_.take_credits(share_.pacer.want_records());
  Token* token = tokens_.get();
  token->credits = credits;
  token->set_sequence(sequence_);
  return fill(token);
}

/// A batch without records, for stages that have something to do by the clock.
void Pump::issue_tick() {
  Token* const token = tokens_.get();
  token->kind = Token::Kind::tick;
  token->set_sequence(next_sequence());
  // What comes by the clock need not wait for any place.
  token->first_place = {0, 0, token->source};
  token->frontier = last_rank_;
  waiting_.fetch_add(1);
  filled_ = token;
}

Pump::Step Pump::fill(Token* token) {
  const bool alone = share_.gate.tokens() == 0 && starved_at_ == ended_tokens_.load();
  starved_at_ = ~std::uint64_t{0};
  const Intake::Got got = intake_.fill(*token, alone);
  if (got == Intake::Got::starved) starved_at_ = ended_tokens_.load();
  if (got == Intake::Got::some || got == Intake::Got::last) {
    ++sequence_;
    token->show();
    last_rank_ = token->frontier;
    waiting_.fetch_add(1);
    filled_ = token;
    ended_ = got == Intake::Got::last;
    return Step::issued;
  }
  share_.gate.give_records(token->credits);
  tokens_.put(token);
  if (got == Intake::Got::end) return Step::ended;
  return got == Intake::Got::starved ? Step::parked : Step::progress;
}

}  // namespace weir
