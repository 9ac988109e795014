#include "graph/flow/region/engine_builder.h"

#include <algorithm>
#include <set>

#include "graph/compile/regions/branches.h"
#include "graph/compile/regions/layout.h"
#include "graph/flow/pump/queue_filler.h"
#include "graph/flow/region/input_ways.h"
#include "graph/flow/region/supply.h"
#include "weir/file_use.h"

namespace weir::flow {

void EngineBuilder::build() {
  for (const StageId i : context_.plan.stages.ids()) {
    parts_.runners.push_back(std::make_unique<StageRunner>(
        context_, i, [unwanted = hooks_.unwanted, i] { unwanted(i, kAfterTake); }));
  }
  for (const compile::RateLimit& rate : context_.plan.rates) {
    parts_.rates.push_back(std::make_unique<TokenBucket>(rate, Clock::now()));
  }
  add_arenas();
  for (const RegionId i : context_.plan.regions.ids()) {
    parts_.quotas.push_back(std::make_unique<RegionQuota>(context_.plan.regions[i], i, tokens_));
    add_input(i);
  }
  for (const RegionId i : context_.plan.regions.ids()) connect(i);
  connect_preferences();
  connect_branches();
}

/// Adds the common arena, then one for each pool.
void EngineBuilder::add_arenas() {
  parts_.arenas.push_back(
      std::make_unique<WorkerArena>(context_.plan.limits.threads, WorkerArena::Workers::lent));
  for (const compile::PoolSpec& pool : context_.plan.pools) {
    parts_.arenas.push_back(std::make_unique<WorkerArena>(pool.threads, WorkerArena::Workers::own));
  }
}

/// Adds the region's input, unless a source feeds it.
void EngineBuilder::add_input(RegionId index) {
  RegionQuota& quota = *parts_.quotas[index];
  std::unique_ptr<RegionInput> input;
  CallStage* calls = nullptr;
  if (quota.region.calls) {
    const compile::PlannedStage& stage = context_.plan.stages[quota.region.first];
    TokenBucket* const bucket = stage.call.rate ? parts_.rates[*stage.call.rate].get() : nullptr;
    const std::shared_ptr<Permits> permits = permits_of(stage);
    input = std::make_unique<RegionInput>(region_context(index), &permits->mutex);
    auto made = std::make_unique<CallStage>(*input, parts_.loop, bucket, permits);
    calls = made.get();
    input->set_calls(std::move(made));
  } else if (!quota.of_source()) {
    input = std::make_unique<RegionInput>(region_context(index));
  }
  if (input) input->watch_idle(parts_.loop);
  parts_.inputs.push_back(std::move(input));
  parts_.calls.push_back(calls);
}

/// Returns the permits of a stage, which all of its loop passes share.
std::shared_ptr<Permits> EngineBuilder::permits_of(const compile::PlannedStage& stage) const {
  if (stage.pass_of) {
    for (CallStage* calls : parts_.calls) {
      if (calls && calls->stage() == *stage.pass_of) return calls->permits();
    }
  }
  return std::make_shared<Permits>(stage.workers);
}

RegionOutput::Entry EngineBuilder::entry_of(RegionId to, std::size_t input) const {
  return {parts_.inputs[to].get(), input};
}

/// Adds the region's output, by which its records and letters go on.
RegionOutput& EngineBuilder::add_output(const compile::Region& region) {
  std::vector<std::vector<RegionOutput::Entry>> ports;
  for (const compile::Outlet& outlet : region.outlets) {
    if (ports.size() <= outlet.port) ports.resize(outlet.port + 1);
    ports[outlet.port].push_back(entry_of(outlet.to, outlet.input));
  }
  std::map<StageId, RegionOutput::Entry> letters;
  for (const compile::LetterOutlet& outlet : region.letter_outlets) {
    letters[outlet.stage] = entry_of(outlet.to, outlet.input);
  }
  parts_.outputs.push_back(std::make_unique<RegionOutput>(std::move(ports), std::move(letters),
                                                          region.frontier, region.fork));
  return *parts_.outputs.back();
}

/// Adds the region's exit and engine.
void EngineBuilder::connect(RegionId index) {
  const compile::Region& region = context_.plan.regions[index];
  RegionOutput& output = add_output(region);
  Exit* exit = &output;
  if (region.ends()) {
    const StageId sink = region.last;
    parts_.sinks.push_back(std::make_unique<SinkWriter>(
        context_, accounts_, sink,
        [unwanted = hooks_.unwanted, sink] { unwanted(sink, kReaderGone); }));
    exit = parts_.sinks.back().get();
  }
  const bool timed = is_timed(region);
  auto engine = std::make_unique<RegionEngine>(
      region_context(index),
      RegionEngine::Wiring{parts_.inputs[index].get(), parts_.calls[index], exit, &output,
                           timed ? &parts_.loop : nullptr,
                           [done = hooks_.region_done, index] { done(index); }});
  RegionEngine* const made = engine.get();
  if (timed) parts_.loop.add(*made);
  bool blocking = false;
  if (region.is_source()) {
    auto source = std::make_unique<SourceFiller>(region_context(index));
    parts_.sources.push_back({source.get(), made});
    parts_.fillers.push_back(std::move(source));
    Source& read = context_.plan.source_at(region.first);
    blocking = read.blocking();
    if (auto* opens = dynamic_cast<OpensFiles*>(&read)) {
      opens->share_memory(parts_.quotas[index]->held);
    }
  } else {
    parts_.fillers.push_back(
        std::make_unique<QueueFiller>(*parts_.quotas[index], *parts_.inputs[index]));
    parts_.inputs[index]->add_output_hook([made] { made->wake_pump(); });
  }
  const auto add_room_hook = [&](const auto& outlet) {
    parts_.inputs[outlet.to]->add_room_hook(outlet.input, [made] { made->wake_exit(); });
  };
  std::ranges::for_each(region.outlets, add_room_hook);
  std::ranges::for_each(region.letter_outlets, add_room_hook);
  made->build(*parts_.arenas[region.pool ? *region.pool + 1 : 0], *parts_.fillers.back(), blocking);
  parts_.regions.push_back(std::move(engine));
}

/// Connects each merge that prefers inputs with the regions above, so that it learns what goes on
/// there and when that ends.
void EngineBuilder::connect_preferences() {
  for (const RegionId merge : parts_.regions.ids()) {
    if (!parts_.inputs[merge] || !parts_.inputs[merge]->prefers()) continue;
    const std::vector<RegionId>& inputs = context_.plan.regions[merge].inputs;
    std::set<RegionId> tells(inputs.begin(), inputs.end());
    const bool waits =
        context_.plan.regions[merge].merge.kind == compile::MergePolicy::Kind::priority;
    for (std::size_t input = 0; waits && input < inputs.size(); ++input) {
      std::vector<Supply::Way> ways;
      for (const InputWay& one : ways_to(context_.plan, merge, input)) {
        tells.insert(one.region);
        RegionInput* const to = parts_.inputs[one.to].get();
        ways.push_back({parts_.regions[one.region].get(), {to, one.input}, one.onward});
      }
      parts_.inputs[merge]->wait_for_work(
          input, [supply = Supply(std::move(ways))]() mutable { return supply.at_work(); });
    }
    for (const RegionId region : tells) parts_.outputs[region]->tell(*parts_.inputs[merge]);
  }
}

/// Has each merge that takes one record of each rank tell its branches what they need no longer
/// bring.
void EngineBuilder::connect_branches() {
  for (const RegionId merge : parts_.regions.ids()) {
    if (!compile::takes_first(context_.plan.regions[merge])) continue;
    std::vector<RegionInput*> inputs;
    for (const RegionId region : compile::own_branches_of(context_.plan.regions, merge)) {
      inputs.push_back(parts_.inputs[region].get());
    }
    parts_.inputs[merge]->add_decided_hook([inputs = std::move(inputs)](const MergeRank& rank) {
      for (RegionInput* const input : inputs) input->drop_lost(rank);
    });
  }
}

bool EngineBuilder::is_timed(const compile::Region& region) const {
  for (const StageId i : region.stages()) {
    const compile::PlannedStage& stage = context_.plan.stages[i];
    if (stage.type->timed && stage.type->timed(stage.options.get())) return true;
  }
  return false;
}

}  // namespace weir::flow
