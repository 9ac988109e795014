#include "graph/flow/pump.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "graph/flow/token_feed.h"

namespace weir {

Pump::Pump(Environment& env, StageRunner& source, TokenPool& tokens, Hooks hooks)
    : env_(env), source_(source), tokens_(tokens), hooks_(std::move(hooks)) {
  stop_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

Pump::~Pump() {
  if (thread_.joinable()) {
    env_.stop_reading.store(true);
    stop();
    thread_.join();
  }
  if (stop_fd_ >= 0) close(stop_fd_);
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
  while (true) {
    run();
    if (state_.load() == State::ended) return;
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [&] { return state_.load() != State::parked; });
  }
}

void Pump::run() {
  while (true) {
    switch (step()) {
      case Step::progress:
        continue;
      case Step::issued:
        if (issue(*std::exchange(read_, nullptr))) continue;
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
    if (!may_read()) return;
    State parked = State::parked;
    if (!state_.compare_exchange_strong(parked, State::running)) return;
  }
}

/// Sends the token on its way; false: somebody else reads on. The next read is left to the worker
/// that is free first; this one works on the batch that it has just read, while its cache has it.
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
  if (state_.load() != State::parked) return;
  if (waiting_.load() <= depth() / 2 && env_.gate.tokens() <= window() * 3 / 4) wake();
}

void Pump::token_begun() {
  waiting_.fetch_sub(1);
  wake_if_roomy();
}

void Pump::token_ended() {
  ended_tokens_.fetch_add(1);
  wake_if_roomy();
}

void Pump::stop() {
  stop_flag_.store(true);
  if (stop_fd_ >= 0) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stop_fd_, &one, sizeof one);
  }
  wake();
}

/// Tokens that may be on their way: the limit, or fewer where batches have grown so much that
/// memory would run out.
int Pump::window() const {
  const std::uint64_t footprint = env_.pacer.footprint();
  if (footprint == 0) return env_.gate.tokens_limit();
  const std::uint64_t fit = env_.pool.normal_limit() / (footprint + footprint / 4);
  return static_cast<int>(
      std::clamp<std::uint64_t>(fit, 1, static_cast<std::uint64_t>(env_.gate.tokens_limit())));
}

/// Tokens that may wait for a worker: enough for all to find one, few enough that batches soon have
/// the size that the pacer finds.
int Pump::depth() const { return 2 * env_.plan.limits.threads + 2; }

bool Pump::may_read() const {
  if (env_.stop_reading.load(std::memory_order_acquire)) return true;
  if (env_.gate.tokens() >= window()) return false;
  if (waiting_.load() >= depth()) return false;
  if (starved_at_ == ended_tokens_.load() && env_.gate.tokens() > 0) return false;
  // A batch is not worth beginning with a few credits: its rest would wait until it is the oldest.
  const std::uint64_t records = env_.gate.records();
  const std::uint64_t enough =
      std::max<std::uint64_t>(1, std::min<std::uint64_t>(env_.pacer.want_records(), records / 4));
  const std::uint64_t free = records - env_.gate.held();
  return free >= enough || (free > 0 && env_.gate.tokens() == 0);
}

Pump::Step Pump::step() {
  if (!begun_) {
    begun_ = true;
    Token* token = tokens_.get();
    token->kind = Token::Kind::begin;
    token->sequence = next_sequence();
    token->filled = true;
    waiting_.fetch_add(1);
    read_ = token;
    return Step::issued;
  }
  if (ended_ || env_.stop_reading.load(std::memory_order_acquire)) return Step::ended;
  const std::uint64_t left = env_.input_limit - std::min(env_.input_limit, env_.read.load());
  if (left == 0) return Step::ended;
  if (!may_read()) return Step::parked;
  const auto wanted = std::min<std::uint64_t>(env_.pacer.want_records(), left);
  const std::uint32_t credits = env_.gate.take_records(static_cast<std::uint32_t>(wanted));
  if (credits == 0) return Step::parked;
  Token* token = tokens_.get();
  token->credits = credits;
  token->sequence = sequence_;
  return read_into(token);
}

/// Bytes for so many records, where credits allow fewer than the pacer wants.
std::uint64_t Pump::bytes_for(std::uint32_t records) const {
  const std::uint64_t bytes = env_.pacer.want_bytes();
  const std::uint32_t wanted = env_.pacer.want_records();
  return records >= wanted ? bytes : std::max<std::uint64_t>(1, bytes * records / wanted);
}

Pump::Step Pump::read_into(Token* token) {
  using Clock = std::chrono::steady_clock;
  const bool alone = env_.gate.tokens() == 0 && starved_at_ == ended_tokens_.load();
  if (alone) token->work.set_lane(Lane::reserve);
  const auto start = Clock::now();
  TokenFeed feed(env_, *token, token->work, alone ? 1 : token->credits,
                 alone ? 1 : bytes_for(token->credits));
  bool more = true;
  starved_at_ = ~std::uint64_t{0};
  reading_.store(true, std::memory_order_release);
  try {
    more = env_.plan.source().read(feed, Stop(stop_flag_, stop_fd_));
  } catch (const detail::OutOfMemory&) {
    starved_at_ = ended_tokens_.load();
    if (alone && feed.appended() == 0) fail_at_source(env_, *token);
  } catch (...) {
    feed.book();
    fail_at_source(env_, *token);
    more = false;
  }
  reading_.store(false, std::memory_order_release);
  token->work.set_lane(Lane::normal);
  const bool splits = feed.handed_out();
  if (!splits) settle_feed(env_, source_, *token, token->work, feed);
  token->tallies[0].busy_ns += static_cast<std::uint64_t>((Clock::now() - start).count());
  if (feed.appended() == 0 && !splits && token->failures.empty()) {
    env_.gate.give_records(token->credits);
    tokens_.put(token);
    if (starved_at_ != ~std::uint64_t{0}) return Step::parked;
    return more ? Step::progress : Step::ended;
  }
  ++sequence_;
  token->filled = !splits;
  waiting_.fetch_add(1);
  read_ = token;
  ended_ = !more;
  return Step::issued;
}

}  // namespace weir
