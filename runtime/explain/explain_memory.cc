#include "runtime/explain/explain_parts.h"
#include "runtime/explain/plan_names.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

void add_region(const ExplainedStage& stage, Sentences& out) {
  const compile::Region& region = stage.region;
  std::string text = "Its region holds at most " + counted(region.records, "record") + " and " +
                     shown_bytes(region.memory);
  if (region.last > region.first) {
    std::vector<std::string> others;
    for (const StageId i : compile::IdRange(region.first + 1, region.last + 1)) {
      others.push_back(stage.plan.stages[i].name);
    }
    text += ", with " + quoted_words(others);
  }
  const bool source = stage.is(Role::source);
  out.push_back(text + "; when it is full, " +
                (source ? "nothing more is read." : "what is above waits."));
}

void add_passes(const ExplainedStage& stage, Sentences& out) {
  std::uint64_t regions = 0;
  for (const StageId pass : further_passes(stage.plan, stage.index)) {
    const RegionId region = stage.plan.stages[pass].region;
    if (stage.plan.regions[region].first == pass) ++regions;
  }
  if (regions == 0) return;
  const std::string word = pass_word(stage.plan, stage.index, regions > 1);
  out.push_back("Its further " + word +
                (regions == 1 ? " is a region" : " are " + counted(regions, "region")) + " with " +
                (regions == 1 ? "a quota of its own." : "quotas of their own."));
}

void add_queue(const compile::QueuePolicy& queue, Sentences& out) {
  std::string text = "At most ";
  if (queue.records > 0) text += counted(queue.records, "record");
  if (queue.records > 0 && queue.bytes > 0) text += " and ";
  if (queue.bytes > 0) text += shown_bytes(queue.bytes);
  if (queue.records == 0 && queue.bytes == 0) text += "what its region holds";
  text += " may wait for it; beyond that ";
  switch (queue.when_full) {
    case compile::QueuePolicy::WhenFull::wait:
      text += "what is above waits.";
      break;
    case compile::QueuePolicy::WhenFull::drop_newest:
      text += "a record that comes is shed.";
      break;
    case compile::QueuePolicy::WhenFull::drop_oldest:
      text += "the oldest that waits is shed.";
      break;
    case compile::QueuePolicy::WhenFull::drop_random:
      text +=
          "one of those that wait or the new one is shed, chosen by a hash of its origin and "
          "the seed " +
          std::to_string(queue.seed) + ".";
      break;
  }
  out.push_back(std::move(text));
  if (!queue.max_age) return;
  out.push_back("What has waited for more than " + OptionType<Duration>::show(*queue.max_age) +
                " when its turn comes is shed.");
}

void add_state(const ExplainedStage& stage, Sentences& out) {
  const KeyPolicy& key = stage.planned.call.key;
  std::string text = "What it keeps counts against 'limits.state', " +
                     shown_bytes(stage.plan.limits.state) + " for all stages";
  if (key.max > 0) text += ", and is for at most " + counted(key.max, "key");
  const bool evicts = !key.fields.empty() && key.when_full == KeyPolicy::WhenFull::evict;
  text += evicts ? "; when that is full, the key that was unused longest is forgotten."
                 : "; when that is full, a record is an error of kind 'state_full'.";
  out.push_back(std::move(text));
}

}  // namespace

Sentences about_memory(const ExplainedStage& stage) {
  Sentences out;
  if (stage.begins) {
    add_region(stage, out);
    add_passes(stage, out);
  } else {
    out.push_back("Shares the region of '" + stage.plan.stages[stage.region.first].name + "'.");
  }
  if (stage.begins && stage.planned.call.queue) add_queue(*stage.planned.call.queue, out);
  if (stage.keeps_state()) add_state(stage, out);
  return out;
}

}  // namespace weir::cli
