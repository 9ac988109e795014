#include "graph/flow/region/engine.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/flow/region/engine_builder.h"

namespace weir::flow {

Engine::Engine(RunContext& context, int tokens) : context_(context), accounts_(context) {
  EngineBuilder::Hooks hooks{
      [this](RegionId region) { region_done(region); },
      [this](StageId stage, std::uint16_t reason) { stage_ended(stage, reason); }};
  EngineBuilder(context, accounts_, tokens, std::move(hooks), parts_).build();
}

Engine::~Engine() {
  parts_.loop.stop();
  for (const auto& arena : parts_.arenas) arena->stop();
}

void Engine::start() {
  parts_.loop.start();
  for (const auto& arena : parts_.arenas) arena->start();
  for (auto region = parts_.regions.rbegin(); region != parts_.regions.rend(); ++region) {
    (*region)->start();
  }
}

bool Engine::wait(std::chrono::milliseconds patience) {
  Lock lock(mutex_);
  return lock.wait_for(done_changed_, patience, [this]() WEIR_REQUIRES(mutex_) {
    return done_regions_ == parts_.regions.size();
  });
}

/// Ends the inputs that the region fed, and counts the region as done.
void Engine::region_done(RegionId region) {
  parts_.outputs[region]->close();
  const Lock lock(mutex_);
  ++done_regions_;
  done_changed_.notify_all();
}

/// Handles a stage that needs no more input: what only it needs is no longer produced, up to the
/// sources, as far as nobody else reads it.
void Engine::stage_ended(StageId stage, std::uint16_t reason) {
  for (const RegionId at : find_unwanted(context_.plan.stages[stage].region)) {
    if (!parts_.inputs[at]) continue;
    parts_.inputs[at]->forget(reason);
    // What fails there may still be a letter, which somebody needs.
    if (context_.plan.regions[at].letter_outlets.empty()) parts_.inputs[at]->drop_unwanted();
  }
}

/// Notes that nobody needs what comes into a region, and returns all regions of which that is now
/// true. Stops the sources among them.
std::vector<RegionId> Engine::find_unwanted(RegionId region) {
  const Lock lock(unwanted_mutex_);
  unwanted_.resize(parts_.regions.size());
  std::vector<RegionId> found;
  std::vector<RegionId> ended{region};
  while (!ended.empty()) {
    const RegionId at = ended.back();
    ended.pop_back();
    if (unwanted_[at]) continue;
    unwanted_[at] = true;
    found.push_back(at);
    const compile::Region& here = context_.plan.regions[at];
    if (here.is_source()) context_.stop_source(*here.source);
    for (const RegionId input : here.inputs) {
      const compile::Region& above = context_.plan.regions[input];
      const auto is_wanted = [&](const compile::Outlet& outlet)
                                 WEIR_REQUIRES(unwanted_mutex_) { return !unwanted_[outlet.to]; };
      const bool wanted = std::ranges::any_of(above.outlets, is_wanted);
      if (!wanted && above.letter_outlets.empty()) ended.push_back(input);
    }
  }
  return found;
}

void Engine::stop_reading() {
  context_.stop_all();
  stop_sources();
}

/// Makes the sources return whose input is no longer wanted.
void Engine::stop_sources() {
  const Lock lock(stop_mutex_);
  for (const SourceId source : parts_.sources.ids()) {
    EngineParts::Reader& reader = parts_.sources[source];
    if (!context_.stopped(source) || std::exchange(reader.stopped, true)) continue;
    reader.filler->stop();
    reader.engine->wake_pump();
  }
}

void Engine::abandon() {
  context_.abandoning.store(true);
  stop_reading();
  for (const auto& input : parts_.inputs) {
    if (input) input->abandon();
  }
  for (const auto& region : parts_.regions) region->wake_exit();
}

void Engine::drop() {
  for (const auto& region : parts_.regions) region->drop();
  for (const auto& input : parts_.inputs) {
    if (input) input->drop();
  }
}

bool Engine::settle(Clock::time_point until) {
  for (const auto& region : parts_.regions) region->settle();
  return parts_.loop.stop(until);
}

bool Engine::quiesce(Clock::time_point until) {
  bool quiet = true;
  for (CallStage* stage : parts_.calls) {
    if (stage) quiet = stage->quiesce(until) && quiet;
  }
  return quiet;
}

bool Engine::set_workers(std::string_view stage, int min, int max) {
  bool found = false;
  for (CallStage* calls : parts_.calls) {
    if (!calls || context_.plan.stages[calls->stage()].name != stage) continue;
    calls->set_workers(min, max);
    found = true;
  }
  return found;
}

void Engine::drop_beyond() {
  stop_sources();
  if (!context_.failure_cut.raised() && !context_.input_has_end.load()) return;
  for (const auto& input : parts_.inputs) {
    if (input) input->drop_beyond();
  }
}

std::vector<Token*> Engine::alive() const {
  for (auto region = parts_.regions.rbegin(); region != parts_.regions.rend(); ++region) {
    std::vector<Token*> tokens = (*region)->tokens().alive();
    if (tokens.empty()) continue;
    std::ranges::sort(tokens, {}, [](const Token* token) { return token->number; });
    return tokens;
  }
  return {};
}

std::uint64_t Engine::ended_tokens() const {
  std::uint64_t sum = 0;
  for (const auto& region : parts_.regions) sum += region->ended_tokens();
  return sum;
}

bool Engine::in_call() const {
  return std::ranges::any_of(parts_.sources,
                             [](const EngineParts::Reader& r) { return r.filler->reading(); }) ||
         std::ranges::any_of(parts_.regions, [](const auto& region) { return region->busy(); });
}

bool Engine::busy() const {
  return in_call() ||
         std::ranges::any_of(parts_.inputs, [](const auto& one) { return one && one->waits(); });
}

/// Returns the oldest record: the first in the order of origins, or else one of the region furthest
/// along.
HeadOfLine Engine::head_of_line() const {
  std::optional<std::pair<OriginPlace, HeadOfLine>> oldest;
  for (auto input = parts_.inputs.rbegin(); input != parts_.inputs.rend(); ++input) {
    if (!*input) continue;
    auto head = (*input)->oldest();
    if (head && (!oldest || head->first < oldest->first)) oldest = std::move(head);
  }
  if (oldest) return oldest->second;
  for (auto region = parts_.regions.rbegin(); region != parts_.regions.rend(); ++region) {
    const Token* const token = (*region)->tokens().oldest_seen();
    if (token) return seen(*token);
  }
  return {};
}

/// Describes a batch on its way by its first record.
HeadOfLine Engine::seen(const Token& token) const {
  const std::uint32_t part = token.sight.part.load();
  const std::chrono::nanoseconds since(token.sight.since.load());
  const double held =
      std::chrono::duration<double>(Clock::now().time_since_epoch() - since).count();
  return {context_.plan.stages[token.stage.load()].name,
          {detail::source_of(part), detail::number_of(part), token.sight.position.load()},
          context_.parts.get(part).name,
          Doing::running,
          1,
          since.count() == 0 ? 0 : held};
}

std::uint64_t Engine::memory_used() const {
  std::uint64_t sum = 0;
  for (const auto& quota : parts_.quotas) sum += quota->pool.used();
  return sum + context_.state.used();
}

std::uint64_t Engine::peak_memory() const {
  std::uint64_t sum = 0;
  for (const auto& quota : parts_.quotas) sum += quota->pool.peak();
  return sum;
}

bool Engine::memory_returned() {
  for (const auto& input : parts_.inputs) {
    if (input) input->slabs().release_empty();
  }
  return std::ranges::all_of(parts_.quotas, [](const auto& one) { return one->pool.taken() == 0; });
}

void Engine::fill(Report& report) const {
  accounts_.fill(report);
  report.peak_memory = peak_memory();
  report.peak_memory += context_.state.peak();
  for (const auto& input : parts_.inputs) {
    if (!input) continue;
    input->fill(report.stages[input->stage().number()]);
    if (input->longest_hold().seconds > report.longest_hold.seconds) {
      report.longest_hold = input->longest_hold();
    }
  }
}

}  // namespace weir::flow
