#include "runtime/explain/explain_parts.h"

#include <algorithm>

#include "runtime/explain/plan_names.h"

namespace weir::cli {

ExplainedStage::ExplainedStage(const compile::Plan& plan_, StageId stage)
    : plan(plan_),
      index(stage),
      planned(plan_.stages[stage]),
      region(plan_.regions[planned.region]) {
  begins = region.first == stage;
  calls = begins && region.calls;
  for (const compile::Segment& one : region.segments) {
    if (std::ranges::find(one.stages, stage) != one.stages.end()) segment = &one;
  }
}

bool ExplainedStage::keeps_state() const {
  return is(Role::keyed_transform) || planned.type->stateful;
}

bool ExplainedStage::merges() const { return begins && cli::merges(plan, region); }

bool ExplainedStage::goes_on_in_order() const {
  const auto next = std::ranges::find_if(region.segments, [this](const compile::Segment& other) {
    return other.kind == compile::Segment::Kind::serial &&
           other.stages.front() > segment->stages.back();
  });
  return next == region.segments.end() || next->in_order;
}

std::string quoted_words(std::vector<std::string> words) {
  for (std::string& word : words) {
    // "try (3 passes)" gets quotes around the name only.
    const std::size_t end = std::min(word.find(' '), word.size());
    word = "'" + word.substr(0, end) + "'" + word.substr(end);
  }
  return joined_words(words);
}

namespace {

/// Returns the port that sends records back to this stage; empty if it is not the head of a loop.
std::string sent_back_by(const ExplainedStage& stage) {
  const std::vector<StageId> passes = further_passes(stage.plan, stage.index);
  if (passes.empty()) return {};
  const ExplainedStage next(stage.plan, passes.front());
  if (!next.begins) return {};
  const Feeder feeder = feeders(stage.plan, next.region).front();
  const bool again = pass_number(stage.plan, feeder.stage) < 2;
  return again ? port_name(stage.plan, feeder.stage, *feeder.port) : "";
}

}  // namespace

std::string what_it_reads(const ExplainedStage& stage) {
  if (stage.is(Role::source)) return "a source";
  std::string back = sent_back_by(stage);
  if (!back.empty()) back = ", and again what comes back by '" + back + "'";
  if (!stage.begins) return "reads '" + port_name(stage.plan, stage.index - 1, 0) + "'" + back;
  const std::string names = quoted_words(input_names(stage.plan, stage.region));
  return (stage.region.letters ? "reads the dead letters of " : "reads ") + names + back;
}

}  // namespace weir::cli
