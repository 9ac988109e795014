#include "graph/flow/opened_stages.h"

#include "graph/flow/context/file_uses.h"

namespace weir::flow {
namespace {

/// Asks a source what the run asks it later. What it throws here can be reported.
void ask_source(const compile::PlannedStage& stage) {
  if (stage.type->role != Role::source) return;
  const auto& source = static_cast<const Source&>(*stage.stage);
  source.blocking();
  source.size();
}

/// Returns what the sink would leave unfinished; empty if it does not know.
std::string leftover_of(const Sink& sink) {
  try {
    return sink.leftover();
  } catch (...) {
    return {};
  }
}

}  // namespace

/// Notes what a stage has thrown. Call it only in a catch block.
void OpenedStages::fail(StageId stage) {
  if (!problem_) problem_ = {stage, caught_exception()};
}

/// Compares the files of all stages, before any is opened and thereby changed. Returns false if
/// there is a problem.
bool OpenedStages::compare_files() {
  FileUses files;
  for (const StageId i : context_.plan.stages.ids()) {
    try {
      files.add(context_.plan, i);
    } catch (...) {
      fail(i);
      return false;
    }
  }
  if (const auto clash = files.clash()) {
    problem_ = {clash->stage.value_or(StageId()), {"io", clash->message}};
  }
  return !problem_;
}

void OpenedStages::open() {
  if (!compare_files()) return;
  for (const StageId i : context_.plan.stages.ids()) {
    at_ = i;
    try {
      compile::PlannedStage& stage = context_.plan.stages[i];
      contexts_.push_back(std::make_unique<StageContext>(context_, stage));
      end_ = i + 1;
      if (!context_.plan.opens(i)) continue;
      if (auto* opens = dynamic_cast<OpensFiles*>(stage.stage.get())) {
        opens->bound_memory(context_.plan.limits.memory / 2 / context_.plan.sources.size());
      }
      stage.stage->open(*contexts_.back());
      ask_source(stage);
    } catch (...) {
      return fail(i);
    }
  }
}

void OpenedStages::commit() {
  problem_.reset();
  commit_sinks(false);
  commit_sinks(true);
}

/// Makes outputs final, those of the sinks that have a leftover or of those that have none. The
/// main chain's region comes last: what its sink holds is then all that is left.
void OpenedStages::commit_sinks(bool with_leftover) {
  for (auto region = context_.plan.regions.rbegin(); region != context_.plan.regions.rend();
       ++region) {
    if (problem_) return;
    if (!region->ends()) continue;
    Sink& sink = context_.plan.sink_at(region->last);
    if (leftover_of(sink).empty() == with_leftover) continue;
    at_ = region->last;
    try {
      sink.commit();
    } catch (...) {
      fail(region->last);
    }
  }
  committed_ = with_leftover && !problem_;
}

void OpenedStages::note_leftover() {
  std::string all;
  for (const compile::Region& region : context_.plan.regions) {
    if (!region.ends()) continue;
    const std::string left = leftover_of(context_.plan.sink_at(region.last));
    if (!left.empty()) all += (all.empty() ? "" : ", ") + left;
  }
  const Lock lock(mutex_);
  leftover_ = std::move(all);
}

std::string OpenedStages::leftover() const {
  const Lock lock(mutex_);
  return leftover_;
}

/// Closes the opened stages for which `which` holds, the last one first.
template <class Which>
void OpenedStages::close_those(Which which) {
  for (StageId i = end_; i != StageId();) {
    --i;
    if (!context_.plan.opens(i) || !which(i)) continue;
    at_ = i;
    try {
      context_.plan.stages[i].stage->close();
    } catch (...) {
      fail(i);
    }
  }
}

/// The order is: the stages that are not sinks, the sinks without a leftover, the others.
void OpenedStages::close(bool commits) {
  problem_.reset();
  const auto is_sink = [this](StageId i) { return context_.plan.is_sink(i); };
  close_those([&](StageId i) { return !is_sink(i); });
  IdVector<StageId, bool> last(end_.number(), false);
  for (const StageId i : last.ids()) {
    last[i] = is_sink(i) && !leftover_of(context_.plan.sink_at(i)).empty();
  }
  if (commits) commit_sinks(false);
  close_those([&](StageId i) { return is_sink(i) && !last[i]; });
  if (commits) commit_sinks(true);
  if (!committed_ && all_opened()) note_leftover();
  close_those([&](StageId i) { return last[i]; });
}

void OpenedStages::fill(Report& report) const {
  for (const StageId i : contexts_.ids()) {
    contexts_[i]->fill(report.stages[i.number()].counters);
  }
}

}  // namespace weir::flow
