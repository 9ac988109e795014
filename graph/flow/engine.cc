#include "graph/flow/engine.h"

#include <algorithm>

namespace weir {

Engine::Engine(Environment& env, int tokens)
    : env_(env), accounts_(env), arena_(env.plan.limits.threads) {
  env_.book = [this](Ticket& ticket) { accounts_.book(ticket); };
  for (std::size_t i = 0; i < env.plan.stages.size(); ++i) {
    runners_.push_back(std::make_unique<StageRunner>(env, i));
  }
  for (const RateLimit& rate : env.plan.rates) {
    rates_.push_back(std::make_unique<TokenBucket>(rate, Clock::now()));
  }
  const std::size_t count = env.plan.regions.size();
  for (std::size_t i = 0; i < count; ++i) {
    shares_.push_back(std::make_unique<Share>(env.plan.regions[i], static_cast<int>(i), tokens));
    add_region(i);
  }
  for (std::size_t i = 0; i < count; ++i) connect(i);
}

Engine::~Engine() { loop_.stop(); }

/// The region's reorder buffer.
void Engine::add_region(std::size_t index) {
  Share& share = *shares_[index];
  std::unique_ptr<ReorderBuffer> buffer;
  CallStage* calls = nullptr;
  if (index > 0 && share.region.calls) {
    const int rate = env_.plan.stages[static_cast<std::size_t>(share.region.first)].call.rate;
    TokenBucket* const bucket = rate < 0 ? nullptr : rates_[static_cast<std::size_t>(rate)].get();
    auto made = std::make_unique<CallStage>(env_, share, loop_, bucket);
    calls = made.get();
    buffer = std::move(made);
  } else if (index > 0) {
    buffer = std::make_unique<ReorderBuffer>(env_, share);
  }
  buffers_.push_back(std::move(buffer));
  calls_.push_back(calls);
}

/// The region's exit and engine.
void Engine::connect(std::size_t index) {
  const Region& region = env_.plan.regions[index];
  const bool ends = region.next < 0;
  ReorderBuffer* const next =
      ends ? nullptr : buffers_[static_cast<std::size_t>(region.next)].get();
  std::map<int, ReorderBuffer*> boxes;
  for (std::size_t i = 0; ends && !region.letters && i < buffers_.size(); ++i) {
    if (env_.plan.regions[i].letters) boxes[env_.plan.regions[i].first] = buffers_[i].get();
  }
  Exit* const border = exits_.emplace_back(std::make_unique<Border>(next, boxes)).get();
  Exit* const sink = ends ? exits_
                                .emplace_back(std::make_unique<SinkWriter>(
                                    env_, accounts_, static_cast<std::size_t>(region.last)))
                                .get()
                          : nullptr;
  auto engine = std::make_unique<RegionEngine>(
      env_, *shares_[index], accounts_, runners_,
      RegionEngine::Place{buffers_[index].get(), calls_[index], ends ? sink : border, border,
                          [this, index] { region_done(index); }});
  RegionEngine* const made = engine.get();
  if (index == 0) {
    auto source = std::make_unique<SourceIntake>(env_, *shares_[0], *runners_[0]);
    source_ = source.get();
    intakes_.push_back(std::move(source));
  } else {
    intakes_.push_back(std::make_unique<BufferIntake>(*shares_[index], *buffers_[index]));
    buffers_[index]->add_output_hook([made] { made->wake_pump(); });
  }
  if (next) next->add_room_hook([made] { made->wake_exit(); });
  for (const auto& [stage, box] : boxes) box->add_room_hook([made] { made->wake_exit(); });
  made->build(arena_, *intakes_.back(), index == 0 && env_.plan.source().blocking());
  regions_.push_back(std::move(engine));
}

void Engine::start() {
  loop_.start();
  for (std::size_t i = regions_.size(); i-- > 0;) regions_[i]->start();
}

bool Engine::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return done_changed_.wait_for(lock, patience,
                                [this] { return done_regions_ == regions_.size(); });
}

/// What it fed gets no more.
void Engine::region_done(std::size_t index) {
  const Region& region = env_.plan.regions[index];
  if (region.next >= 0) {
    buffers_[static_cast<std::size_t>(region.next)]->close();
  } else if (!region.letters) {
    for (std::size_t i = 0; i < buffers_.size(); ++i) {
      if (env_.plan.regions[i].letters) buffers_[i]->close();
    }
  }
  const std::lock_guard lock(mutex_);
  ++done_regions_;
  done_changed_.notify_all();
}

void Engine::stop_reading() {
  env_.stop_reading.store(true, std::memory_order_release);
  if (source_stopped_.exchange(true)) return;
  source_->stop();
  regions_.front()->wake_pump();
}

void Engine::abandon() {
  env_.abandoning.store(true);
  stop_reading();
  for (const auto& buffer : buffers_) {
    if (buffer) buffer->abandon();
  }
  for (const auto& region : regions_) region->wake_exit();
}

void Engine::drop() {
  for (const auto& region : regions_) region->drop();
  for (const auto& buffer : buffers_) {
    if (buffer) buffer->drop();
  }
}

bool Engine::settle(Clock::time_point until) {
  for (const auto& region : regions_) region->settle();
  return loop_.stop(until);
}

bool Engine::quiesce(Clock::time_point until) {
  bool quiet = true;
  for (CallStage* stage : calls_) {
    if (stage) quiet = stage->quiesce(until) && quiet;
  }
  return quiet;
}

bool Engine::set_workers(std::string_view stage, int min, int max) {
  for (CallStage* calls : calls_) {
    if (!calls || env_.plan.stages[calls->stage()].name != stage) continue;
    calls->set_workers(min, max);
    return true;
  }
  return false;
}

void Engine::drop_beyond() {
  if (env_.stop_reading.load(std::memory_order_acquire)) stop_reading();
  if (!env_.fence.raised() && !env_.input_has_end.load()) return;
  for (const auto& buffer : buffers_) {
    if (buffer) buffer->drop_beyond();
  }
}

std::vector<Token*> Engine::alive() const {
  for (auto region = regions_.rbegin(); region != regions_.rend(); ++region) {
    std::vector<Token*> tokens = (*region)->tokens().alive();
    if (tokens.empty()) continue;
    std::ranges::sort(tokens, {}, [](const Token* token) { return token->sequence; });
    return tokens;
  }
  return {};
}

std::uint64_t Engine::ended_tokens() const {
  std::uint64_t sum = 0;
  for (const auto& region : regions_) sum += region->ended_tokens();
  return sum;
}

bool Engine::in_call() const {
  return source_->reading() ||
         std::ranges::any_of(regions_, [](const auto& region) { return region->busy(); });
}

bool Engine::busy() const {
  return in_call() || std::ranges::any_of(
                          calls_, [](const CallStage* stage) { return stage && stage->waits(); });
}

/// The oldest record anywhere: in the order of origins, or else in the region furthest along.
HeadOfLine Engine::head_of_line() const {
  std::optional<std::pair<Place, HeadOfLine>> oldest;
  for (auto buffer = buffers_.rbegin(); buffer != buffers_.rend(); ++buffer) {
    if (!*buffer) continue;
    auto head = (*buffer)->oldest();
    if (head && (!oldest || head->first < oldest->first)) oldest = std::move(head);
  }
  if (oldest) return oldest->second;
  for (auto region = regions_.rbegin(); region != regions_.rend(); ++region) {
    const Token* const token = (*region)->tokens().oldest_seen();
    if (token) return seen(*token);
  }
  return {};
}

/// A batch on its way, by its first record.
HeadOfLine Engine::seen(const Token& token) const {
  const std::uint32_t part = token.sight.part.load();
  const auto stage = static_cast<std::size_t>(token.stage.load());
  const std::chrono::nanoseconds since(token.sight.since.load());
  const double held =
      std::chrono::duration<double>(Clock::now().time_since_epoch() - since).count();
  return {env_.plan.stages[stage].name,
          {env_.source(), part, token.sight.position.load()},
          env_.parts.get(part).name,
          Doing::running,
          1,
          since.count() == 0 ? 0 : held};
}

std::uint64_t Engine::memory_used() const {
  std::uint64_t sum = 0;
  for (const auto& share : shares_) sum += share->pool.used();
  return sum;
}

std::uint64_t Engine::peak_memory() const {
  std::uint64_t sum = 0;
  for (const auto& share : shares_) sum += share->pool.peak();
  return sum;
}

bool Engine::memory_returned() {
  for (const auto& buffer : buffers_) {
    if (buffer) buffer->slabs().release_empty();
  }
  return memory_used() == 0;
}

void Engine::fill(Report& report) const {
  accounts_.fill(report);
  report.peak_memory = peak_memory();
  for (const auto& buffer : buffers_) {
    if (!buffer) continue;
    buffer->fill(report.stages[buffer->stage()]);
    if (buffer->longest_hold().seconds > report.longest_hold.seconds) {
      report.longest_hold = buffer->longest_hold();
    }
  }
}

}  // namespace weir
