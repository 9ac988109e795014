#include "graph/flow/engine.h"

#include <algorithm>

#include "graph/flow/token_feed.h"

namespace weir {
namespace {

/// Counts the bodies that run, for the watchdog.
class Active {
 public:
  explicit Active(std::atomic<int>& count) : count_(count) { count_.fetch_add(1); }
  ~Active() { count_.fetch_sub(1); }
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;

 private:
  std::atomic<int>& count_;
};

}  // namespace

Engine::Engine(Environment& env, int tokens)
    : env_(env),
      tokens_(env.pool, env.plan.stages.size()),
      runners_([&env] {
        std::vector<std::unique_ptr<StageRunner>> runners;
        for (std::size_t i = 0; i < env.plan.stages.size(); ++i) {
          runners.push_back(std::make_unique<StageRunner>(env, i));
        }
        return runners;
      }()),
      accounts_(env),
      sink_(env, accounts_),
      head_(env, runners_, sink_, accounts_),
      holds_(env.plan.segments.size()) {
  const bool blocking = env.plan.source().blocking();
  graph_ = std::make_unique<FlowGraph>(env.plan, *this, tokens, blocking);
  pump_ = std::make_unique<Pump>(
      env, *runners_[0], tokens_,
      Pump::Hooks{[this] { admit(); }, [this](Token* token) { graph_->put(token); },
                  [this] { graph_->schedule_pump(); }, [this] { release_one(); }});
}

Engine::~Engine() = default;

void Engine::start() { pump_->start(env_.plan.source().blocking()); }

bool Engine::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return done_changed_.wait_for(lock, patience, [&] { return done_; });
}

void Engine::drop() {
  graph_->cancel();
  graph_->wait();
  for (Token* token : tokens_.alive()) {
    for (std::uint32_t i = 0; i < token->roots.size(); ++i) {
      token->mark(i, root_mark(Outcome::abandoned, kInterrupted));
    }
    accounts_.book_roots(*token);
    accounts_.book_token(*token);
    token->reset();
  }
}

void Engine::stop_reading() {
  env_.stop_reading.store(true, std::memory_order_release);
  if (!pump_stopped_.exchange(true)) pump_->stop();
}

void Engine::admit() {
  alive_.fetch_add(1);
  env_.gate.begin_token();
}

void Engine::pump() noexcept {
  const Active active(active_);
  pump_->run();
}

/// Runs stages first to last over the token's records, as far as memory goes.
void Engine::run_stages(Token& token, int first, int last) {
  const int slot = FlowGraph::slot();
  for (int stage = first; stage <= last; ++stage) {
    if (!runners_[static_cast<std::size_t>(stage)]->run(token, token.work, slot)) return;
  }
}

bool Engine::parallel(std::size_t segment, Token& token) noexcept {
  const Active active(active_);
  const Segment& s = env_.plan.segments[segment];
  token.voided = token.voided || env_.fence.behind(token.sequence);
  if (segment == 0) {
    if (token.kind != Token::Kind::finish) pump_->token_begun();
    if (!token.voided && !token.split.done() && !env_.abandoned()) {
      load_split(env_, *runners_[0], token, token.work, ~std::uint32_t{0}, ~std::uint64_t{0});
    }
  }
  if (env_.services.lose_batch == token.sequence) return false;
  if (!token.voided && token.unfinished_count == 0) run_stages(token, s.first, s.last);
  return true;
}

/// Whether the segment has to hold what comes behind this token.
bool Engine::work_serial(std::size_t segment, Token& token) {
  const Segment& s = env_.plan.segments[segment];
  if (env_.fence.behind(token.sequence)) token.voided = true;
  if (token.voided) return false;
  const bool ends_with_sink = segment + 1 == env_.plan.segments.size();
  if (token.unfinished_count == 0) run_stages(token, s.first, s.last - (ends_with_sink ? 1 : 0));
  return token.holds_others();
}

std::vector<Token*> Engine::serial(std::size_t segment, Token* token) noexcept {
  const Active active(active_);
  Hold& hold = holds_[segment];
  if (token) {
    hold.held.push_back(token);
  } else {
    hold.blocker.store(kNobody);
  }
  std::vector<Token*> gone_on;
  while (hold.blocker.load() == kNobody && !hold.held.empty()) {
    Token* next = hold.held.front();
    hold.held.pop_front();
    if (work_serial(segment, *next)) hold.blocker.store(next->sequence);
    gone_on.push_back(next);
  }
  return gone_on;
}

void Engine::last(Token& token) noexcept {
  const Active active(active_);
  work_serial(env_.plan.segments.size() - 1, token);
  if (!token.voided) {
    if (token.unfinished_count == 0) sink_.write(token, token.work);
    if (token.unfinished()) head_.finish(token, FlowGraph::slot());
  }
  accounts_.book_roots(token);
  accounts_.book_token(token);
  pace(token);
  for (std::size_t i = 0; i + 1 < holds_.size(); ++i) {
    if (holds_[i].blocker.load() == token.sequence) graph_->resume(i);
  }
  end(token);
}

/// Tells the pacer what the batch's slowest segment took.
void Engine::pace(const Token& token) {
  if (token.kind != Token::Kind::data) return;
  std::uint64_t slowest = 0;
  for (const Segment& segment : env_.plan.segments) {
    std::uint64_t ns = segment.first == 1 && !token.filled ? token.tallies[0].busy_ns : 0;
    for (int i = segment.first; i <= segment.last; ++i) {
      ns += token.tallies[static_cast<std::size_t>(i)].busy_ns;
    }
    slowest = std::max(slowest, ns);
  }
  if (token.filled) slowest = std::max(slowest, token.tallies[0].busy_ns);
  env_.pacer.note(token.tallies[0].in, token.bytes, slowest, token.capacity());
}

void Engine::end(Token& token) {
  env_.gate.give_records(token.credits);
  if (token.kind == Token::Kind::finish && !token.finish_more) ++finishing_;
  tokens_.put(&token);
  graph_->give_back();
  env_.gate.end_token();
  ended_.fetch_add(1, std::memory_order_relaxed);
  if (env_.stop_reading.load(std::memory_order_acquire)) stop_reading();
  pump_->token_ended();
  release_one();
}

void Engine::release_one() {
  if (alive_.fetch_sub(1) == 1) advance();
}

/// Whether a stage is serial and somebody still wants what it makes in the end. (A stage above a
/// `take` has seen more than the take let through, how much depends on the timing.)
bool Engine::finishes(std::size_t stage) const {
  if (env_.plan.stages[stage].type->role != Role::serial_transform) return false;
  return std::none_of(runners_.begin() + static_cast<std::ptrdiff_t>(stage) + 1, runners_.end(),
                      [](const auto& later) { return later->input_ended(); });
}

/// The input is over and nothing is in flight: the next serial stage finishes, or the run is over.
void Engine::advance() {
  const auto& stages = env_.plan.stages;
  if (!input_closed_) accounts_.close_input();
  input_closed_ = true;
  while (finishing_ < stages.size() && !finishes(finishing_)) ++finishing_;
  if (finishing_ < stages.size() && !accounts_.failed() && !env_.abandoned()) {
    Token* token = tokens_.get();
    token->kind = Token::Kind::finish;
    token->sequence = pump_->next_sequence();
    token->finish_stage = static_cast<int>(finishing_);
    admit();
    graph_->put(token);
    return;
  }
  const std::lock_guard lock(mutex_);
  done_ = true;
  done_changed_.notify_all();
}

}  // namespace weir
