#include "graph/flow/region_engine.h"

#include <algorithm>

#include "graph/flow/call_stage.h"
#include "graph/flow/letters.h"
#include "graph/flow/token_feed.h"

namespace weir {

using detail::RecordData;

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

constexpr Clock::time_point kNever = Clock::time_point::max();

}  // namespace

RegionEngine::RegionEngine(Environment& env, Share& share, Accounts& accounts,
                           std::vector<std::unique_ptr<StageRunner>>& runners, Place place)
    : env_(env),
      share_(share),
      accounts_(accounts),
      runners_(runners),
      place_(std::move(place)),
      tokens_(share.pool, env.plan.stages.size(),
              static_cast<std::uint16_t>(std::max(share.region.source, 0)),
              env.services.error != nullptr),
      head_(env, share, runners, *place_.exit, *place_.border, accounts),
      holds_(share.region.segments.size()),
      dues_(share.region.segments.size()),
      finishing_(static_cast<std::size_t>(share.region.first)) {
  for (auto& due : dues_) due.store(kNever);
}

RegionEngine::~RegionEngine() = default;

/// Behind what waits there is often nothing to compute in parallel. A thread of its own then costs
/// far less than oneTBB's workers, each wake-up of which burns a millisecond in search of more.
bool RegionEngine::runs_inline() const {
  const auto& segments = region().segments;
  return !share_.of_source() && segments.size() == 2 &&
         segments.front().first > segments.front().last;
}

void RegionEngine::build(WorkerArena& arena, Intake& intake, bool blocking) {
  blocking_ = blocking || runs_inline();
  Pump::Hooks hooks{[this] { admit(); }, [this](Token* token) { put(token); },
                    [this] { graph_->schedule_pump(); }, [this] { release_one(); }, nullptr};
  if (runs_inline()) {
    hooks.poked = [this] { last(nullptr); };
  } else {
    const bool external = blocking || !share_.of_source();
    graph_ =
        std::make_unique<FlowGraph>(arena, region(), *this, share_.gate.tokens_limit(), external);
  }
  pump_ = std::make_unique<Pump>(env_, share_, intake, tokens_, std::move(hooks));
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
    accounts_.book_roots(*token);
    accounts_.book_token(*token);
    share_.gate.give_records(token->credits);
    token->reset();
  }
}

void RegionEngine::admit() {
  alive_.fetch_add(1);
  share_.gate.begin_token();
}

void RegionEngine::pump() noexcept {
  const Active active(active_);
  pump_->run();
}

/// Runs stages first to last over the token's records, as far as memory goes.
void RegionEngine::run_stages(Token& token, int first, int last) {
  const int slot = this->slot();
  for (int stage = first; stage <= last; ++stage) {
    if (!runners_[static_cast<std::size_t>(stage)]->run(token, token.work, slot)) return;
  }
}

/// What the called stage emits by itself, first or last.
void RegionEngine::make_own(Token& token) {
  StageRunner& runner = *runners_[static_cast<std::size_t>(region().first)];
  const int slot = this->slot();
  if (token.kind == Token::Kind::begin) {
    runner.begin(token, slot);
  } else if (token.kind == Token::Kind::finish && token.finish_stage == region().first) {
    runner.make(token, slot,
                [&](Call& call) { token.finish_more = place_.calls->finish_keys(call); });
  }
}

bool RegionEngine::parallel(std::size_t segment, Token& token) noexcept {
  const Active active(active_);
  const Segment& s = region().segments[segment];
  if (is_behind(token)) token.voided = true;
  if (segment == 0) {
    if (token.kind != Token::Kind::finish) pump_->token_begun();
    if (!token.voided && !token.split.done() && !env_.abandoned()) {
      load_split(env_, share_, *runners_[static_cast<std::size_t>(region().first)], token,
                 token.work, ~std::uint32_t{0}, ~std::uint64_t{0});
    }
    if (region().calls && !token.voided) make_own(token);
    if (share_.of_source() && env_.services.lose_batch == token.sequence) return false;
  }
  if (!token.voided && token.unfinished_count == 0) run_stages(token, s.first, s.last);
  return true;
}

/// Whether the segment has to hold what comes behind this token.
bool RegionEngine::work_serial(std::size_t segment, Token& token) {
  const Segment& s = region().segments[segment];
  if (is_behind(token)) token.voided = true;
  if (token.voided) return false;
  const bool ends_with_sink = segment + 1 == region().segments.size() && region().ends();
  if (token.unfinished_count == 0) run_stages(token, s.first, s.last - (ends_with_sink ? 1 : 0));
  note_due(segment);
  return token.holds_others();
}

/// Whether all of the token lies behind the failing origin. (Of several sources there is no such
/// place; then each record is looked at where it leaves.)
bool RegionEngine::is_behind(const Token& token) const {
  return !token.mixed && env_.fence.behind(token.first_place);
}

std::vector<Token*> RegionEngine::serial(std::size_t segment, Token* token) noexcept {
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

/// A token stays at the front until all of it has left the region; a null token says that there is
/// room again.
void RegionEngine::last(Token* token) noexcept {
  const Active active(active_);
  if (token) leaving_.push_back(token);
  while (!leaving_.empty() && deliver(*leaving_.front())) {
    Token& done = *leaving_.front();
    leaving_.pop_front();
    place_.border->done();
    place_.border->advance(share_.of_source() ? Rank{{done.sequence + 1, 0, done.source}}
                                              : done.frontier);
    accounts_.book_roots(done);
    accounts_.book_token(done);
    pace(done);
    for (std::size_t i = 0; i + 1 < holds_.size(); ++i) {
      if (holds_[i].blocker.load() == done.sequence) graph_->resume(i);
    }
    end(done);
  }
}

/// False: there is no room behind the exit now.
bool RegionEngine::deliver(Token& token) {
  if (!token.staged) {
    token.staged = true;
    work_serial(region().segments.size() - 1, token);
    std::ranges::stable_sort(token.letters.all(), {}, rank);
  }
  if (token.voided) {
    token.give_up_behind(env_.fence);
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

/// Records and letters leave in the order of their origins.
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
          place_.exit->take(token, token.work, records.subspan(token.exit_record, wanted));
      token.exit_record += static_cast<std::uint32_t>(left);
      if (token.letters.size() > letters.size()) {
        // What the sink refused stands before the letters of younger origins.
        std::ranges::stable_sort(token.letters.all().subspan(token.exit_letter), {}, rank);
      }
      if (left < wanted) return false;
      continue;
    }
    if (place_.border->take_letters(token, letters.subspan(token.exit_letter, 1)) == 0) {
      return false;
    }
    ++token.exit_letter;
  }
  return true;
}

/// Tells the pacer what the batch's slowest segment took.
void RegionEngine::pace(const Token& token) {
  if (token.kind != Token::Kind::data) return;
  std::uint64_t slowest = token.filled ? token.fill_ns : 0;
  for (std::size_t i = 0; i < region().segments.size(); ++i) {
    const Segment& segment = region().segments[i];
    std::uint64_t ns = i == 0 && !token.filled ? source_tally(token).busy_ns : 0;
    for (int at = segment.first; at <= segment.last; ++at) {
      ns += token.tallies[static_cast<std::size_t>(at)].busy_ns;
    }
    slowest = std::max(slowest, ns);
  }
  const std::uint32_t records = share_.of_source() ? source_tally(token).in : token.credits;
  if (records == 0) return;
  share_.pacer.note(records, token.bytes, slowest, token.capacity());
}

void RegionEngine::end(Token& token) {
  share_.gate.give_records(token.credits);
  if (token.kind == Token::Kind::finish && !token.finish_more) ++finishing_;
  tokens_.put(&token);
  if (graph_) graph_->give_back();
  share_.gate.end_token();
  ended_.fetch_add(1, std::memory_order_relaxed);
  if (place_.buffer) place_.buffer->room_made();
  pump_->token_ended();
  release_one();
}

/// The segment's stages have worked: when have they something to do by themselves?
void RegionEngine::note_due(std::size_t segment) {
  if (!place_.loop) return;
  auto next = kNever;
  const Segment& s = region().segments[segment];
  for (int i = s.first; i <= s.last; ++i) {
    if (env_.plan.at(i).type->role != Role::serial_transform) continue;
    const auto due = static_cast<const SerialTransform&>(*env_.plan.at(i).stage).due();
    if (due) next = std::min(next, *due);
  }
  if (next < dues_[segment].exchange(next)) place_.loop->wake();
}

std::optional<Clock::time_point> RegionEngine::turn() {
  if (over_.load()) return std::nullopt;
  const auto now = Clock::now();
  auto next = kNever;
  bool tick = false;
  for (auto& due : dues_) {
    const Clock::time_point at = due.load();
    if (at <= now) {
      due.store(kNever);  // Until the tick has been there.
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

/// Whether a stage has state and somebody still wants what it makes in the end. (A stage above a
/// `take` has seen more than the take let through, how much depends on the timing.)
bool RegionEngine::finishes(std::size_t stage) const {
  const Role role = env_.plan.stages[stage].type->role;
  if (role != Role::serial_transform && role != Role::keyed_transform) return false;
  const Region* region = &this->region();
  for (auto later = static_cast<int>(stage) + 1;; ++later) {
    if (later > region->last) {
      if (region->outlets.size() != 1) return true;
      region = &env_.plan.regions[static_cast<std::size_t>(region->outlets.front().to)];
      later = region->first;
    }
    if (runners_[static_cast<std::size_t>(later)]->input_ended()) return false;
  }
}

/// The input is over and nothing is in flight: the next stage finishes, or the region is over.
void RegionEngine::advance() {
  accounts_.forget_void_failure();
  const auto end = static_cast<std::size_t>(region().last) + 1;
  while (finishing_ < end && !finishes(finishing_)) ++finishing_;
  if (finishing_ < end && !accounts_.failed() && !env_.abandoned()) {
    Token* token = tokens_.get();
    token->kind = Token::Kind::finish;
    token->set_sequence(pump_->next_sequence());
    if (!share_.of_source())
      token->first_place = {share_.behind_all(token->sequence), 0, token->source};
    token->finish_stage = static_cast<int>(finishing_);
    admit();
    put(token);
    return;
  }
  if (!graph_) pump_->stop();
  over_.store(true);
  place_.done();
}

}  // namespace weir
