#include "runtime/explain/explain_parts.h"
#include "runtime/explain/plan_names.h"
#include "runtime/explain/policy_words.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

using Kind = compile::MergePolicy::Kind;

std::string shown(std::chrono::nanoseconds time) { return OptionType<Duration>::show(time); }

/// Returns "the order of 'read'"; empty if records of several sources are mixed, or a stage above
/// gave up the order.
std::string source_order(const ExplainedStage& stage) {
  if (!stage.region.source || !stage.region.sorted) return {};
  const StageId source = stage.plan.sources[*stage.region.source];
  return "the order of '" + stage.plan.stages[source].name + "'";
}

std::string turns(const compile::MergePolicy& merge, const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool said = i < merge.weights.size();
    parts.push_back(std::to_string(said ? merge.weights[i] : 1) + " of '" + names[i] + "'");
  }
  return joined_words(parts);
}

std::string sorted_by(const compile::MergePolicy& merge) {
  std::vector<std::string> names;
  for (const OrderField& field : merge.by) names.push_back(field.name());
  return quoted_words(std::move(names));
}

/// Returns how the inputs become one stream, and what the merge waits for.
std::string merging(const compile::MergePolicy& merge, const std::vector<std::string>& names) {
  switch (merge.kind) {
    case Kind::input:
      return "Merges its inputs by the place of each record in the source; waits for an input only "
             "until that has passed the place.";
    case Kind::arrival:
      return "Merges its inputs as records come; waits for none.";
    case Kind::priority:
      return "Takes from the first of its inputs that has a record or is being fed one; waits for "
             "no "
             "other.";
    case Kind::weighted:
      return "Takes from its inputs in turns, " + turns(merge, names) +
             "; who has nothing is passed by.";
    case Kind::round_robin:
      return "Takes one record of each input in turns; who has nothing is passed by.";
    case Kind::concat:
      return "Takes all of the first input, then all of the next; waits for the end of each.";
    case Kind::sorted:
      return "Takes the record with the smallest " + sorted_by(merge) +
             " next; waits until every input has shown its own next one.";
    case Kind::first:
      return "Takes the first record of each origin that has no error, in the place of that "
             "origin; waits for the others only while all that came have failed. They are "
             "cancelled.";
    case Kind::zip:
      return merge.by_origin ? "Makes one record of those of one origin; waits for an input only "
                               "until that has passed the place."
                             : "Makes one record of the n-th of each input; waits for all of them.";
  }
  return {};
}

void add_merge(const ExplainedStage& stage, Sentences& out) {
  const compile::MergePolicy& merge = stage.region.merge;
  out.push_back(merging(merge, input_names(stage.plan, stage.region)));
  if (merge.lateness.count() > 0) {
    out.push_back("An input may itself be out of order by " + shown(merge.lateness) + ".");
  }
}

std::string letters(const compile::Region& region) {
  if (region.inputs.size() > 1 && region.merge.kind == Kind::input) {
    return "Takes dead letters by the place of each record in the source; one waits until all "
           "before it are done.";
  }
  return "Takes dead letters as they come.";
}

void add_call(const ExplainedStage& stage, Sentences& out) {
  switch (stage.region.order) {
    case compile::Order::input:
      out.emplace_back(
          "Calls end in any order; a record that is done waits for those before it, so they leave "
          "in the order in which they came.");
      break;
    case compile::Order::key:
      out.push_back("Records with the same " + quoted_words({key_words(stage.planned.call.key)}) +
                    " leave in the order in which they came, others as they are done.");
      break;
    case compile::Order::none:
      out.emplace_back("Records leave as they are done: no order.");
      break;
  }
}

void add_segment(const ExplainedStage& stage, Sentences& out) {
  if (stage.segment->kind == compile::Segment::Kind::parallel) {
    out.emplace_back(stage.goes_on_in_order()
                         ? "Keeps the order: its batches are put in order again."
                         : "Its batches go on as they are done: no order.");
    return;
  }
  const bool sink = stage.is(Role::sink);
  if (!stage.segment->in_order) {
    out.emplace_back(sink ? "Writes records as they come: no order."
                          : "Sees one record after the other, as they come: no order.");
    return;
  }
  const std::string order = source_order(stage);
  out.push_back((sink ? "Writes records in " : "Sees one record after the other, in ") +
                (order.empty() ? "the order in which they come from above" : order) + ".");
}

void add_passes(const ExplainedStage& stage, Sentences& out) {
  const auto passes = further_passes(stage.plan, stage.index).size();
  if (has_streams(stage.plan, stage.index)) {
    out.push_back("It works on " + counted(passes + 1, "stream") +
                  ", each by itself and in its own order.");
  } else if (passes > 0) {
    out.push_back("It is in a loop: a record goes through it at most " +
                  counted(passes + 1, "time") + ", and keeps its place.");
  }
}

}  // namespace

Sentences about_order(const ExplainedStage& stage) {
  Sentences out;
  if (stage.is(Role::source)) {
    out.emplace_back("Every record that it reads gets a place here and keeps it.");
    add_passes(stage, out);
    return out;
  }
  if (stage.begins && stage.region.letters) {
    out.push_back(letters(stage.region));
  } else if (stage.merges()) {
    add_merge(stage, out);
  }
  if (stage.calls) add_call(stage, out);
  if (stage.segment) add_segment(stage, out);
  if (!stage.planned.when.empty()) {
    out.push_back("Records without " + one_line(stage.planned.when.text(), 60) +
                  " pass it by, in their place.");
  }
  add_passes(stage, out);
  return out;
}

}  // namespace weir::cli
