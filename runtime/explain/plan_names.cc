#include "runtime/explain/plan_names.h"

#include <algorithm>
#include <utility>

namespace weir::cli {
namespace {

const compile::Region& at(const compile::Plan& plan, int region) {
  return plan.regions[static_cast<std::size_t>(region)];
}

int index_of(const compile::Plan& plan, const compile::Region& region) {
  return plan.at(region.first).region;
}

/// Returns the outlet that leads to input `input` of region `to`; null if there is none.
const compile::Outlet* outlet_to(const std::vector<compile::Outlet>& outlets, int to, int input) {
  const auto found = std::ranges::find_if(outlets, [&](const compile::Outlet& outlet) {
    return outlet.to == to && outlet.input == input;
  });
  return found == outlets.end() ? nullptr : &*found;
}

}  // namespace

int written(const compile::Plan& plan, int stage) {
  const int first = plan.at(stage).pass_of;
  return first < 0 ? stage : first;
}

int pass_number(const compile::Plan& plan, int stage) {
  const int first = plan.at(stage).pass_of;
  if (first < 0) return 1;
  int pass = 1;
  for (int i = 0; i <= stage; ++i) pass += plan.at(i).pass_of == first ? 1 : 0;
  return pass;
}

bool has_streams(const compile::Plan& plan, int stage) {
  const int first = written(plan, stage);
  const std::vector<int> passes = further_passes(plan, first);
  if (passes.empty()) return false;
  // A loop is passed by records of one source, or of several that were merged before.
  return at(plan, plan.at(passes.front()).region).source != at(plan, plan.at(first).region).source;
}

std::string pass_word(const compile::Plan& plan, int stage, bool several) {
  if (has_streams(plan, stage)) return several ? "streams" : "stream";
  return several ? "passes" : "pass";
}

std::string region_name(const compile::Plan& plan, int region) {
  const compile::Region& named = at(plan, region);
  std::string name = plan.at(named.first).name;
  if (named.letters) name += " (dead letters)";
  const int pass = pass_number(plan, named.first);
  if (pass == 1) return name;
  return name + " (" + pass_word(plan, named.first, false) + " " + std::to_string(pass) + ")";
}

std::string port_name(const compile::Plan& plan, int stage, int port) {
  const compile::PlannedStage& planned = plan.at(stage);
  if (planned.ports.size() < 2 || port < 0) return planned.name;
  return planned.name + "." + planned.ports[static_cast<std::size_t>(port)];
}

std::vector<Feeder> feeders(const compile::Plan& plan, const compile::Region& region) {
  std::vector<Feeder> found;
  const int to = index_of(plan, region);
  for (std::size_t i = 0; i < region.inputs.size(); ++i) {
    const compile::Region& above = at(plan, region.inputs[i]);
    const compile::Outlet* outlet = outlet_to(above.outlets, to, static_cast<int>(i));
    found.push_back({above.last, outlet ? outlet->port : -1});
  }
  return found;
}

std::vector<int> senders_of_letters(const compile::Plan& plan, int to) {
  std::vector<int> senders;
  for (const int stage : stages_in_file_order(plan)) {
    const compile::PlannedStage& planned = plan.at(stage);
    const bool late = planned.call.deadline && planned.call.on_deadline.to == to;
    if (planned.on_error.to == to || late) senders.push_back(stage);
  }
  return senders;
}

std::vector<std::string> input_names(const compile::Plan& plan, const compile::Region& region) {
  if (region.letters) {
    std::vector<std::string> names;
    for (const int stage : senders_of_letters(plan, region.first)) {
      names.push_back(plan.at(stage).name);
    }
    return names;
  }
  struct Named {
    std::string name;
    int stage;
    int count = 0;
  };
  std::vector<Named> found;
  for (const Feeder& feeder : feeders(plan, region)) {
    const std::string name = port_name(plan, feeder.stage, feeder.port);
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

std::vector<int> stages_in_file_order(const compile::Plan& plan) {
  std::vector<int> stages;
  for (int i = 0; i < static_cast<int>(plan.stages.size()); ++i) {
    if (plan.at(i).pass_of < 0) stages.push_back(i);
  }
  std::ranges::stable_sort(stages, {}, [&](int stage) { return plan.at(stage).mark; });
  return stages;
}

std::vector<int> further_passes(const compile::Plan& plan, int stage) {
  std::vector<int> passes;
  for (int i = 0; i < static_cast<int>(plan.stages.size()); ++i) {
    if (plan.at(i).pass_of == stage) passes.push_back(i);
  }
  return passes;
}

}  // namespace weir::cli
