#include "graph/flow/engine.h"

#include <algorithm>

namespace weir {

Engine::Engine(Environment& env, int tokens) : env_(env), accounts_(env) {
  env_.book = [this](Ticket& ticket) { accounts_.book(ticket); };
  env_.unwanted = [this](std::size_t stage) { stage_ended(stage); };
  for (std::size_t i = 0; i < env.plan.stages.size(); ++i) {
    runners_.push_back(std::make_unique<StageRunner>(env, i));
  }
  for (const RateLimit& rate : env.plan.rates) {
    rates_.push_back(std::make_unique<TokenBucket>(rate, Clock::now()));
  }
  add_arenas();
  const std::size_t count = env.plan.regions.size();
  for (std::size_t i = 0; i < count; ++i) {
    shares_.push_back(std::make_unique<Share>(env.plan.regions[i], static_cast<int>(i), tokens));
    add_buffer(i);
  }
  for (std::size_t i = 0; i < count; ++i) connect(i);
}

Engine::~Engine() {
  loop_.stop();
  for (const auto& arena : arenas_) arena->stop();
}

/// The common threads first, then those of each pool.
void Engine::add_arenas() {
  arenas_.push_back(
      std::make_unique<WorkerArena>(env_.plan.limits.threads, WorkerArena::Workers::lent));
  for (const PoolSpec& pool : env_.plan.pools) {
    arenas_.push_back(std::make_unique<WorkerArena>(pool.threads, WorkerArena::Workers::own));
  }
}

/// The region's reorder buffer, unless it is a source's.
void Engine::add_buffer(std::size_t index) {
  Share& share = *shares_[index];
  std::unique_ptr<ReorderBuffer> buffer;
  CallStage* calls = nullptr;
  if (share.region.calls) {
    const PlannedStage& stage = env_.plan.at(share.region.first);
    TokenBucket* const bucket =
        stage.call.rate < 0 ? nullptr : rates_[static_cast<std::size_t>(stage.call.rate)].get();
    auto made = std::make_unique<CallStage>(env_, share, loop_, bucket, permits_of(stage));
    calls = made.get();
    buffer = std::move(made);
  } else if (!share.of_source()) {
    buffer = std::make_unique<ReorderBuffer>(env_, share);
  }
  if (buffer) buffer->watch_idle(loop_);
  buffers_.push_back(std::move(buffer));
  calls_.push_back(calls);
}

/// Passes of one stage have their permits together.
std::shared_ptr<Permits> Engine::permits_of(const PlannedStage& stage) {
  if (stage.pass_of >= 0) {
    for (CallStage* calls : calls_) {
      if (calls && static_cast<int>(calls->stage()) == stage.pass_of) return calls->permits();
    }
  }
  return std::make_shared<Permits>(stage.workers);
}

Border::Entry Engine::entry_of(const Outlet& outlet) const {
  return {buffers_[static_cast<std::size_t>(outlet.to)].get(),
          static_cast<std::size_t>(outlet.input)};
}

/// The region's end: where its records and letters go.
Border& Engine::add_border(const Region& region) {
  std::vector<std::vector<Border::Entry>> ports;
  for (const Outlet& outlet : region.outlets) {
    const auto port = static_cast<std::size_t>(outlet.port);
    if (ports.size() <= port) ports.resize(port + 1);
    ports[port].push_back(entry_of(outlet));
  }
  std::map<int, Border::Entry> letters;
  for (const Outlet& outlet : region.letter_outlets) letters[outlet.port] = entry_of(outlet);
  borders_.push_back(
      std::make_unique<Border>(std::move(ports), std::move(letters), region.frontier, region.fork));
  return *borders_.back();
}

/// The region's exit and engine.
void Engine::connect(std::size_t index) {
  const Region& region = env_.plan.regions[index];
  Border& border = add_border(region);
  Exit* exit = &border;
  if (region.ends()) {
    sinks_.push_back(
        std::make_unique<SinkWriter>(env_, accounts_, static_cast<std::size_t>(region.last)));
    exit = sinks_.back().get();
  }
  const bool timed = is_timed(region);
  auto engine = std::make_unique<RegionEngine>(
      env_, *shares_[index], accounts_, runners_,
      RegionEngine::Place{buffers_[index].get(), calls_[index], exit, &border,
                          timed ? &loop_ : nullptr, [this, index] { region_done(index); }});
  RegionEngine* const made = engine.get();
  if (timed) loop_.add(*made);
  bool blocking = false;
  if (region.is_source()) {
    auto source = std::make_unique<SourceIntake>(env_, *shares_[index],
                                                 *runners_[static_cast<std::size_t>(region.first)]);
    sources_.push_back({source.get(), made});
    intakes_.push_back(std::move(source));
    blocking = env_.plan.source_at(region.first).blocking();
  } else {
    intakes_.push_back(std::make_unique<BufferIntake>(*shares_[index], *buffers_[index]));
    buffers_[index]->add_output_hook([made] { made->wake_pump(); });
  }
  for (const auto* outlets : {&region.outlets, &region.letter_outlets}) {
    for (const Outlet& outlet : *outlets) {
      const Border::Entry entry = entry_of(outlet);
      entry.buffer->add_room_hook(entry.inlet, [made] { made->wake_exit(); });
    }
  }
  made->build(*arenas_[static_cast<std::size_t>(region.pool + 1)], *intakes_.back(), blocking);
  regions_.push_back(std::move(engine));
}

bool Engine::is_timed(const Region& region) const {
  for (int i = region.first; i <= region.last; ++i) {
    const PlannedStage& stage = env_.plan.at(i);
    if (stage.type->timed && stage.type->timed(stage.options.get())) return true;
  }
  return false;
}

void Engine::start() {
  loop_.start();
  for (const auto& arena : arenas_) arena->start();
  for (std::size_t i = regions_.size(); i-- > 0;) regions_[i]->start();
}

bool Engine::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return done_changed_.wait_for(lock, patience,
                                [this] { return done_regions_ == regions_.size(); });
}

/// What it fed gets no more.
void Engine::region_done(std::size_t index) {
  borders_[index]->close();
  const std::lock_guard lock(mutex_);
  ++done_regions_;
  done_changed_.notify_all();
}

/// The stage needs no more input. What only it needs is not made any more: up to the sources, as
/// far as nobody else reads.
void Engine::stage_ended(std::size_t stage) {
  const std::lock_guard lock(unwanted_mutex_);
  unwanted_.resize(regions_.size());
  std::vector<int> ended{env_.plan.stages[stage].region};
  while (!ended.empty()) {
    const auto at = static_cast<std::size_t>(ended.back());
    ended.pop_back();
    if (unwanted_[at]) continue;
    unwanted_[at] = true;
    if (buffers_[at]) buffers_[at]->forget();
    const Region& region = env_.plan.regions[at];
    if (region.is_source()) env_.stop_source(static_cast<std::size_t>(region.source));
    for (const int input : region.inputs) {
      const Region& above = env_.plan.regions[static_cast<std::size_t>(input)];
      const bool wanted = std::ranges::any_of(above.outlets, [&](const Outlet& outlet) {
        return !unwanted_[static_cast<std::size_t>(outlet.to)];
      });
      if (!wanted && above.letter_outlets.empty()) ended.push_back(input);
    }
  }
}

void Engine::stop_reading() {
  env_.stop_all();
  stop_sources();
}

/// Makes the sources come back whose input is not wanted any more.
void Engine::stop_sources() {
  const std::lock_guard lock(stop_mutex_);
  for (Reader& reader : sources_) {
    const auto source = static_cast<std::size_t>(&reader - sources_.data());
    if (!env_.stopped(source) || std::exchange(reader.stopped, true)) continue;
    reader.intake->stop();
    reader.engine->wake_pump();
  }
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
  bool found = false;
  for (CallStage* calls : calls_) {
    if (!calls || env_.plan.stages[calls->stage()].name != stage) continue;
    calls->set_workers(min, max);
    found = true;
  }
  return found;
}

void Engine::drop_beyond() {
  stop_sources();
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
  return std::ranges::any_of(sources_, [](const Reader& r) { return r.intake->reading(); }) ||
         std::ranges::any_of(regions_, [](const auto& region) { return region->busy(); });
}

bool Engine::busy() const {
  return in_call() ||
         std::ranges::any_of(buffers_, [](const auto& one) { return one && one->waits(); });
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
          {detail::source_of(part), detail::number_of(part), token.sight.position.load()},
          env_.parts.get(part).name,
          Doing::running,
          1,
          since.count() == 0 ? 0 : held};
}

std::uint64_t Engine::memory_used() const {
  std::uint64_t sum = 0;
  for (const auto& share : shares_) sum += share->pool.used();
  return sum + env_.state.used();
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
  return std::ranges::all_of(shares_, [](const auto& one) { return one->pool.used() == 0; });
}

void Engine::fill(Report& report) const {
  accounts_.fill(report);
  report.peak_memory = peak_memory();
  report.peak_memory += env_.state.peak();
  for (const auto& buffer : buffers_) {
    if (!buffer) continue;
    buffer->fill(report.stages[buffer->stage()]);
    buffer->fill_inputs(report.stages[buffer->stage()]);
    if (buffer->longest_hold().seconds > report.longest_hold.seconds) {
      report.longest_hold = buffer->longest_hold();
    }
  }
}

}  // namespace weir
