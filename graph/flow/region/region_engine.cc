#include "graph/flow/region/region_engine.h"

#include <algorithm>

#include "graph/flow/call/call_stage.h"
#include "graph/flow/context/letters.h"
#include "graph/flow/pump/token_feed.h"

namespace weir::flow {

using detail::RecordData;

namespace {

/// Counts the node bodies that run, for the watchdog.
class Active {
 public:
  explicit Active(std::atomic<int>& count) : count_(count) { count_.fetch_add(1); }
  ~Active() { count_.fetch_sub(1); }
  Active(const Active&) = delete;
  Active& operator=(const Active&) = delete;

 private:
  std::atomic<int>& count_;
};

constexpr Clock::time_point kNever = Clock::time_point::max();

/// Returns when a stage has something to do. An exception has already failed the run where the
/// stage's runner asked.
std::optional<Clock::time_point> due_of(const Stage& stage) {
  try {
    return static_cast<const SerialTransform&>(stage).due();
  } catch (...) {
    return std::nullopt;
  }
}

}  // namespace

RegionEngine::RegionEngine(const RegionContext& region, Wiring wiring)
    : region_(region),
      context_(region.run),
      quota_(region.quota),
      wiring_(std::move(wiring)),
      tokens_(quota_.pool, context_.plan.stages.size(), quota_.region.source.value_or(SourceId()),
              context_.services.error != nullptr),
      head_(region, *wiring_.exit, *wiring_.output),
      holds_(quota_.region.segments.size()),
      dues_(quota_.region.segments.size()),
      finishing_(quota_.region.first) {
  for (auto& due : dues_) due.store(kNever);
}

RegionEngine::~RegionEngine() = default;

/// Returns whether the region runs on the pump's thread alone. Behind what waits there is often
/// nothing to compute in parallel. A thread of its own then costs far less than oneTBB's workers,
/// each wake-up of which burns a millisecond in search of more.
bool RegionEngine::runs_inline() const {
  const auto& segments = region().segments;
  return !quota_.of_source() && segments.size() == 2 && segments.front().stages.empty();
}

void RegionEngine::build(WorkerArena& arena, BatchFiller& filler, bool blocking) {
  waits_ = blocking;
  blocking_ = blocking || runs_inline();
  Pump::Hooks hooks{[this] { admit(); },
                    [this](Token* token) { put(token); },
                    [this] { graph_->schedule_pump(); },
                    [this] { release_one(); },
                    [this] { wiring_.output->quiet(); },
                    nullptr};
  if (runs_inline()) {
    hooks.poked = [this] { last(nullptr); };
  } else {
    const bool external = blocking || !quota_.of_source();
    graph_ =
        std::make_unique<FlowGraph>(arena, region(), *this, quota_.gate.tokens_limit(), external);
  }
  pump_ = std::make_unique<Pump>(context_, quota_, filler, tokens_, std::move(hooks));
}

void RegionEngine::put(Token* token) {
  if (graph_) return graph_->put(token);
  inline_tokens_.push_back(token);
  if (inline_running_) return;
  inline_running_ = true;
  while (!inline_tokens_.empty()) {
    Token* const next = inline_tokens_.front();
    inline_tokens_.pop_front();
    parallel(0, *next);
    last(next);
  }
  inline_running_ = false;
}

void RegionEngine::start() { pump_->start(blocking_); }

void RegionEngine::drop() {
  if (graph_) {
    graph_->cancel();
    graph_->wait();
  }
  for (Token* token : tokens_.alive()) {
    for (std::uint32_t i = 0; i < token->roots.size(); ++i) {
      token->mark(i, root_mark(Outcome::abandoned, kInterrupted));
    }
    region_.accounts.book_roots(*token);
    region_.accounts.book_token(*token);
    quota_.gate.give_records(token->credits);
    token->reset();
  }
}

void RegionEngine::admit() {
  alive_.fetch_add(1);
  quota_.gate.begin_token();
}

void RegionEngine::pump() noexcept {
  const Active active(active_);
  pump_->run();
}

/// Runs the stages over the token's records, as far as memory allows.
void RegionEngine::run_stages(Token& token, compile::IdRange<StageId> stages) {
  const int slot = this->slot();
  for (const StageId stage : stages) {
    if (!region_.runners[stage]->run(token, token.work, slot)) return;
  }
}

/// Has the called stage emit what it makes by itself, first or last.
void RegionEngine::make_own(Token& token) {
  StageRunner& runner = region_.first_runner();
  const int slot = this->slot();
  if (token.kind == Token::Kind::begin) {
    runner.begin(token, slot);
  } else if (token.kind == Token::Kind::finish && token.finish_stage == region().first) {
    runner.make(token, slot,
                [&](Call& call) { token.finish_more = wiring_.calls->finish_keys(call); });
  }
}

bool RegionEngine::parallel(std::size_t segment, Token& token) noexcept {
  const Active active(active_);
  const compile::Segment& s = region().segments[segment];
  if (is_behind(token)) token.voided = true;
  if (segment == 0) {
    if (token.kind != Token::Kind::finish) pump_->token_begun();
    if (!token.voided && !token.split.done() && !context_.abandoned()) {
      load_split(region_, token, token.work, ~std::uint32_t{0}, ~std::uint64_t{0});
    }
    if (region().calls && !token.voided) make_own(token);
    if (quota_.of_source() && context_.services.lose_batch == token.number.value()) return false;
  }
  if (!token.voided && token.unfinished_count == 0) run_stages(token, s.stages);
  return true;
}

/// Runs the stages of a serial segment. Returns whether the segment must hold what comes behind
/// this token.
bool RegionEngine::work_serial(std::size_t segment, Token& token) {
  if (is_behind(token)) token.voided = true;
  if (token.voided) return false;
  compile::IdRange<StageId> stages = region().segments[segment].stages;
  const bool ends_with_sink = segment + 1 == region().segments.size() && region().ends();
  if (ends_with_sink) stages = {stages.front(), stages.back()};
  if (token.unfinished_count == 0) run_stages(token, stages);
  note_due(segment);
  return token.holds_others();
}

/// Returns whether all of the token lies behind the failing origin. (With several sources there is
/// no such place; each record is then checked where it leaves.)
bool RegionEngine::is_behind(const Token& token) const {
  return !token.mixed && context_.failure_cut.behind(token.first_place);
}

std::vector<Token*> RegionEngine::serial(std::size_t segment, Token* token) noexcept {
  const Active active(active_);
  Hold& hold = holds_[segment];
  if (token) {
    hold.held.push_back(token);
  } else {
    hold.blocker.store(kNoToken);
  }
  std::vector<Token*> gone_on;
  while (hold.blocker.load() == kNoToken && !hold.held.empty()) {
    Token* next = hold.held.front();
    hold.held.pop_front();
    if (work_serial(segment, *next)) hold.blocker.store(next->number);
    gone_on.push_back(next);
  }
  return gone_on;
}

/// Ends tokens in order. A token stays at the front until all of it has left the region. A null
/// token says that there is room again.
void RegionEngine::last(Token* token) noexcept {
  const Active active(active_);
  if (token) leaving_.push_back(token);
  while (!leaving_.empty() && deliver(*leaving_.front())) {
    Token& done = *leaving_.front();
    leaving_.pop_front();
    wiring_.output->done();
    wiring_.output->advance(quota_.of_source() ? MergeRank{{done.number.next(), 0, done.source}}
                                               : done.frontier);
    region_.accounts.book_roots(done);
    region_.accounts.book_token(done);
    pace(done);
    for (std::size_t i = 0; i + 1 < holds_.size(); ++i) {
      if (holds_[i].blocker.load() == done.number) graph_->resume(i);
    }
    end(done);
  }
}

/// Lets a token leave the region. Returns false if there is no room behind the exit now.
bool RegionEngine::deliver(Token& token) {
  if (!token.staged) {
    token.staged = true;
    work_serial(region().segments.size() - 1, token);
    std::ranges::stable_sort(token.letters.all(), {}, rank);
  }
  if (token.voided) {
    token.give_up_behind(context_.failure_cut);
    return true;
  }
  if (token.unfinished_count == 0 && !token.at_head && !leave(token)) return false;
  if (token.unfinished() || token.at_head) {
    token.at_head = true;
    if (!head_.finish(token, this->slot())) return false;
    token.at_head = false;
  }
  return true;
}

/// Lets records and letters leave in the order of their origins. Returns false if there is no room.
bool RegionEngine::leave(Token& token) {
  const std::span<RecordData> records = token.work.records.all();
  while (token.exit_record < records.size() || token.exit_letter < token.letters.size()) {
    const std::span<RecordData> letters = token.letters.all();
    std::size_t next = records.size();
    if (token.exit_letter < letters.size()) {
      const std::uint64_t letter = rank(letters[token.exit_letter]);
      next = token.exit_record;
      while (next < records.size() && rank(records[next]) <= letter) ++next;
    }
    if (next > token.exit_record) {
      const std::size_t wanted = next - token.exit_record;
      const std::size_t left =
          wiring_.exit->take(token, token.work, records.subspan(token.exit_record, wanted));
      token.exit_record += static_cast<std::uint32_t>(left);
      if (token.letters.size() > letters.size()) {
        // Letters of what the sink refused stand before those of younger origins.
        std::ranges::stable_sort(token.letters.all().subspan(token.exit_letter), {}, rank);
      }
      if (left < wanted) return false;
      continue;
    }
    if (wiring_.output->take_letters(token, letters.subspan(token.exit_letter, 1)) == 0) {
      return false;
    }
    ++token.exit_letter;
  }
  return true;
}

/// Tells the pacer how long the batch's slowest segment took.
void RegionEngine::pace(const Token& token) {
  if (token.kind != Token::Kind::data) return;
  std::uint64_t slowest = token.filled ? token.fill_ns : 0;
  for (std::size_t i = 0; i < region().segments.size(); ++i) {
    const compile::Segment& segment = region().segments[i];
    std::uint64_t ns = i == 0 && !token.filled ? source_tally(token).busy_ns : 0;
    for (const StageId stage : segment.stages) ns += token.tallies[stage].busy_ns;
    slowest = std::max(slowest, ns);
  }
  const auto records =
      static_cast<std::uint32_t>(quota_.of_source() ? source_tally(token).in : token.credits);
  if (records == 0) return;
  quota_.pacer.note(records, token.bytes, slowest, token.capacity());
}

void RegionEngine::end(Token& token) {
  quota_.gate.give_records(token.credits);
  if (token.kind == Token::Kind::finish && !token.finish_more) ++finishing_;
  tokens_.put(&token);
  if (graph_) graph_->give_back();
  quota_.gate.end_token();
  ended_.fetch_add(1, std::memory_order_relaxed);
  if (wiring_.input) wiring_.input->room_made();
  pump_->token_ended();
  if (quota_.gate.tokens() == 0) wiring_.output->quiet();
  release_one();
}

bool RegionEngine::at_work() const {
  // The pump is asked first: what it does with a token can be seen afterwards.
  const bool fills = !waits_ && pump_->running();
  return !blocked() && (fills || quota_.gate.tokens() > 0);
}

/// Notes when the segment's stages, which have just worked, have something to do by themselves.
void RegionEngine::note_due(std::size_t segment) {
  if (!wiring_.loop) return;
  auto next = kNever;
  for (const StageId i : region().segments[segment].stages) {
    const compile::PlannedStage& stage = context_.plan.stages[i];
    if (stage.type->role != Role::serial_transform) continue;
    if (const auto due = due_of(*stage.stage)) next = std::min(next, *due);
  }
  if (next < dues_[segment].exchange(next)) wiring_.loop->wake();
}

std::optional<Clock::time_point> RegionEngine::turn() {
  if (over_.load()) return std::nullopt;
  const auto now = Clock::now();
  auto next = kNever;
  bool tick = false;
  for (auto& due : dues_) {
    const Clock::time_point at = due.load();
    if (at <= now) {
      due.store(kNever);  // Until the tick has passed.
      tick = true;
    } else {
      next = std::min(next, at);
    }
  }
  if (tick) pump_->tick();
  return next == kNever ? std::nullopt : std::optional(next);
}

void RegionEngine::release_one() {
  if (alive_.fetch_sub(1) == 1) advance();
}

/// Returns whether a stage has state, and somebody still wants what it makes at the end. (A stage
/// above a `take` has seen more than the take let through; how much depends on the timing.)
bool RegionEngine::finishes(StageId stage) const {
  const Role role = context_.plan.stages[stage].type->role;
  if (role != Role::serial_transform && role != Role::keyed_transform) return false;
  const compile::Region* region = &this->region();
  for (StageId later = stage + 1;; ++later) {
    if (later > region->last) {
      if (region->outlets.size() != 1) return true;
      region = &context_.plan.regions[region->outlets.front().to];
      later = region->first;
    }
    if (region_.runners[later]->input_ended()) return false;
  }
}

/// Goes on when the input is over and nothing is in flight: the next stage finishes, or the region
/// is over.
void RegionEngine::advance() {
  region_.accounts.forget_void_failure();
  const StageId end = region().last + 1;
  while (finishing_ < end && !finishes(finishing_)) ++finishing_;
  if (finishing_ < end && !region_.accounts.failed() && !context_.abandoned()) {
    Token* token = tokens_.get();
    token->kind = Token::Kind::finish;
    token->set_number(pump_->take_number());
    if (!quota_.of_source())
      token->first_place = {quota_.behind_all(finishes_++), 0, token->source};
    token->finish_stage = finishing_;
    admit();
    put(token);
    return;
  }
  if (!graph_) pump_->stop();
  over_.store(true);
  wiring_.done();
}

}  // namespace weir::flow
