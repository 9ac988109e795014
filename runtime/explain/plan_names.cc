#include "runtime/explain/plan_names.h"

#include <algorithm>
#include <utility>

namespace weir::cli {
namespace {

/// Returns the outlet that leads to input `input` of region `to`; null if there is none.
const compile::Outlet* outlet_to(const std::vector<compile::Outlet>& outlets, RegionId to,
                                 std::size_t input) {
  const auto found = std::ranges::find_if(outlets, [&](const compile::Outlet& outlet) {
    return outlet.to == to && outlet.input == input;
  });
  return found == outlets.end() ? nullptr : &*found;
}

}  // namespace

StageId written(const compile::Plan& plan, StageId stage) {
  return plan.stages[stage].pass_of.value_or(stage);
}

int pass_number(const compile::Plan& plan, StageId stage) {
  const std::optional<StageId> first = plan.stages[stage].pass_of;
  if (!first) return 1;
  int pass = 1;
  for (const StageId i : compile::IdRange(*first, stage + 1)) {
    pass += plan.stages[i].pass_of == first ? 1 : 0;
  }
  return pass;
}

bool has_streams(const compile::Plan& plan, StageId stage) {
  const StageId first = written(plan, stage);
  const std::vector<StageId> passes = further_passes(plan, first);
  if (passes.empty()) return false;
  // A loop is passed by records of one source, or of several that were merged before.
  const auto source_of = [&](StageId i) { return plan.regions[plan.stages[i].region].source; };
  return source_of(passes.front()) != source_of(first);
}

std::string pass_word(const compile::Plan& plan, StageId stage, bool several) {
  if (has_streams(plan, stage)) return several ? "streams" : "stream";
  return several ? "passes" : "pass";
}

std::string region_name(const compile::Plan& plan, RegionId region) {
  const compile::Region& named = plan.regions[region];
  std::string name = plan.stages[named.first].name;
  if (named.letters) name += " (dead letters)";
  const int pass = pass_number(plan, named.first);
  if (pass == 1) return name;
  return name + " (" + pass_word(plan, named.first, false) + " " + std::to_string(pass) + ")";
}

std::string port_name(const compile::Plan& plan, StageId stage, std::size_t port) {
  const compile::PlannedStage& planned = plan.stages[stage];
  return planned.ports.size() < 2 ? planned.name : planned.name + "." + planned.ports[port];
}

std::vector<Feeder> feeders(const compile::Plan& plan, const compile::Region& region) {
  std::vector<Feeder> found;
  const RegionId to = plan.stages[region.first].region;
  for (std::size_t i = 0; i < region.inputs.size(); ++i) {
    const compile::Region& above = plan.regions[region.inputs[i]];
    const compile::Outlet* outlet = outlet_to(above.outlets, to, i);
    found.push_back({above.last, outlet ? std::optional(outlet->port) : std::nullopt});
  }
  return found;
}

std::vector<StageId> senders_of_letters(const compile::Plan& plan, StageId to) {
  std::vector<StageId> senders;
  for (const StageId stage : stages_in_file_order(plan)) {
    const compile::PlannedStage& planned = plan.stages[stage];
    const bool late = planned.call.deadline && planned.call.on_deadline.to == to;
    if (planned.on_error.to == to || late) senders.push_back(stage);
  }
  return senders;
}

std::vector<std::string> input_names(const compile::Plan& plan, const compile::Region& region) {
  if (region.letters) {
    std::vector<std::string> names;
    for (const StageId stage : senders_of_letters(plan, region.first)) {
      names.push_back(plan.stages[stage].name);
    }
    return names;
  }
  struct Named {
    std::string name;
    StageId stage;
    int count = 0;
  };
  std::vector<Named> found;
  for (const Feeder& feeder : feeders(plan, region)) {
    const std::string name = port_name(plan, feeder.stage, *feeder.port);
    auto same = std::ranges::find(found, name, &Named::name);
    if (same == found.end()) same = found.insert(same, {name, feeder.stage});
    ++same->count;
  }
  std::vector<std::string> names;
  for (const auto& [name, stage, count] : found) {
    names.push_back(count == 1 ? name
                               : name + " (" + std::to_string(count) + " " +
                                     pass_word(plan, stage, true) + ")");
  }
  return names;
}

bool merges(const compile::Plan& plan, const compile::Region& region) {
  if (region.letters) return senders_of_letters(plan, region.first).size() > 1;
  return region.inputs.size() > 1;
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::vector<StageId> stages_in_file_order(const compile::Plan& plan) {
  std::vector<StageId> stages;
  for (const StageId i : plan.stages.ids()) {
    if (!plan.stages[i].pass_of) stages.push_back(i);
  }
  std::ranges::stable_sort(stages, {}, [&](StageId stage) { return plan.stages[stage].mark; });
  return stages;
}

std::vector<StageId> further_passes(const compile::Plan& plan, StageId stage) {
  std::vector<StageId> passes;
  for (const StageId i : plan.stages.ids()) {
    if (plan.stages[i].pass_of == stage) passes.push_back(i);
  }
  return passes;
}

}  // namespace weir::cli
