// A HeadFinisher tries out records before any of them leaves: none of an origin's records may leave
// if a later one fails the run.

#include "graph/flow/region/head_finisher.h"

namespace weir::flow {

using detail::RecordData;

/// Tries out the records of an origin, of which there may be several in both rests. Returns false
/// if one of them fails the run.
bool HeadFinisher::rehearse_origin(Token& token, std::size_t rest, std::uint32_t at, int slot) {
  const std::uint32_t root = rest_record(token, rest, at).root;
  std::vector<std::pair<std::size_t, std::uint32_t>> records;
  for (std::size_t i = rest; i < rests_.size(); ++i) {
    std::uint32_t next = i == rest ? at : rests_[i].begin;
    while (next < rests_[i].end && rest_record(token, i, next).root == root) {
      records.emplace_back(i, next++);
    }
    if (next < rests_[i].end) break;
  }
  if (records.size() < 2) return true;
  for (const auto& [i, place] : records) {
    if (!rehearse(token, rests_[i].stage, rest_record(token, i, place), slot)) return false;
  }
  return true;
}

/// Returns whether a concurrent stage between here and the next serial one fails the run on errors.
/// (What a serial stage does cannot be tried out.)
bool HeadFinisher::may_fail_run(StageId stage) const {
  for (const StageId i : compile::IdRange(stage, end_)) {
    if (context_.plan.stages[i].type->role == Role::serial_transform) return false;
    if (context_.plan.stages[i].on_error.action == compile::OnError::fail) return true;
  }
  return false;
}

/// Tries out what becomes of `record`, without letting anything leave and without booking it.
/// Returns false if it fails the run: the failure cut then stands at its origin.
bool HeadFinisher::rehearse(Token& token, StageId stage, const RecordData& record, int slot) {
  if (record.root == detail::kNoRoot) return true;
  rehearsal_.reset();
  rehearsal_.sorted = token.sorted;
  rehearsal_.letters.set_lane(Lane::reserve);
  if (record.root < token.origin_refs.size() && token.origin_refs[record.root]) {
    rehearsal_.origin_refs.push(token.origin_refs[record.root], Lane::reserve);
  } else {
    rehearsal_.source = token.source;
    rehearsal_.set_number(token.number);
    rehearsal_.root_base = token.root_base + record.root;
  }
  rehearsal_.roots.push(kUnmarked, Lane::reserve);
  RecordData tried = record;
  tried.root = 0;
  const bool clean = rehearse_from(stage, tried, slot);
  rehearsal_.reset();
  return clean;
}

bool HeadFinisher::rehearse_from(StageId stage, const RecordData& record, int slot) {
  if (stage >= end_ || !may_fail_run(stage)) return true;
  Workspace& level = level_of(stage);
  level.records.push() = record;
  region_.runners[stage]->run(rehearsal_, level, slot);
  bool clean = !is_cut(rehearsal_, record);
  for (std::uint32_t at = 0; at < level.records.size() && clean; ++at) {
    const RecordData child = level.records.data()[at];
    clean = rehearse_from(stage + 1, child, slot);
  }
  level.reset();
  return clean;
}

}  // namespace weir::flow
