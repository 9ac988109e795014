#include "graph/flow/head_finisher.h"

#include "graph/flow/failure.h"
#include "graph/flow/token_feed.h"

namespace weir {

using detail::RecordData;

HeadFinisher::HeadFinisher(Environment& env, std::vector<std::unique_ptr<StageRunner>>& runners,
                           SinkWriter& sink, Accounts& accounts)
    : env_(env),
      runners_(runners),
      sink_(sink),
      accounts_(accounts),
      rehearsal_(env.pool, env.plan.stages.size()) {
  for (std::size_t i = 0; i < env.plan.stages.size(); ++i) {
    levels_.push_back(std::make_unique<Workspace>(env.pool, Lane::reserve));
  }
}

void HeadFinisher::finish(Token& token, int slot) {
  accounts_.note_head_finish();
  try {
    finish_rests(token, slot);
    accounts_.book_roots(token);
    token.work.reset();
    finish_split(token, slot);
  } catch (const detail::OutOfMemory&) {
    // The reserve was not enough: a stage has kept more than the rules allow.
    fail_at_head(token, {"memory", "limits.memory leaves no room to finish the oldest record"});
    token.split = {};
    token.unfinished_count = 0;
  }
}

bool HeadFinisher::fenced(const Token& token, const RecordData& record) const {
  if (!env_.fence.raised()) return false;
  return place_of(token, record) >= *env_.fence.place();
}

const RecordData& HeadFinisher::rest_record(const Token& token, std::size_t rest,
                                            std::uint32_t at) const {
  const Unfinished& part = rests_[rest];
  return (part.in_spare ? token.work.spare : token.work.records).data()[at];
}

/// The records that stand in the token's own memory: those furthest along first, which are the
/// older ones.
void HeadFinisher::finish_rests(Token& token, int slot) {
  rests_.assign(token.rests, token.rests + token.unfinished_count);
  token.unfinished_count = 0;
  std::uint32_t root = detail::kNoRoot;
  for (std::size_t i = 0; i < rests_.size(); ++i) {
    if (static_cast<std::size_t>(rests_[i].stage) + 1 == env_.plan.stages.size()) {
      root = write_rest(token, i, slot);
      continue;
    }
    for (std::uint32_t at = rests_[i].begin; at < rests_[i].end; ++at) {
      const RecordData& record = rest_record(token, i, at);
      if (record.root != root && !rehearse_origin(token, i, at, slot)) return;
      root = record.root;
      if (fenced(token, record)) return;
      descend(token, static_cast<std::size_t>(rests_[i].stage), record, slot);
    }
  }
}

/// Records that are through all stages: at once. Those of the last origin may have siblings in the
/// other rest. Returns that origin's root.
std::uint32_t HeadFinisher::write_rest(Token& token, std::size_t rest, int slot) {
  const Unfinished& part = rests_[rest];
  const std::uint32_t root = rest_record(token, rest, part.end - 1).root;
  std::uint32_t at = part.end;
  while (at > part.begin && rest_record(token, rest, at - 1).root == root) --at;
  rehearse_origin(token, rest, at, slot);
  RecordArray& array = part.in_spare ? token.work.spare : token.work.records;
  sink_.write(token, token.work, {array.data() + part.begin, part.end - part.begin});
  return root;
}

/// An origin may have several records here, in both rests: none may reach the sink if a later one
/// fails the run. False if one does.
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
    const auto stage = static_cast<std::size_t>(rests_[i].stage);
    if (!rehearse(token, stage, rest_record(token, i, place), slot)) return false;
  }
  return true;
}

void HeadFinisher::finish_split(Token& token, int slot) {
  Workspace& source = *levels_[0];
  while (!token.split.done() && !env_.abandoned()) {
    const std::uint64_t before = token.split.begin;
    load_split(env_, *runners_[0], token, source, 1, 1);
    for (std::uint32_t at = 0; at < source.records.size(); ++at) {
      const RecordData record = source.records.data()[at];
      if (fenced(token, record)) break;
      descend(token, 1, record, slot);
    }
    if (token.split.begin == before && token.roots.size() == 0 && !token.split.done()) {
      stalled_source(token);
    }
    accounts_.book_roots(token);
    source.reset();
    if (env_.fence.raised() && env_.fence.place()->sequence <= token.sequence) break;
  }
  token.split = {};
}

/// A source whose `load` neither appends nor moves on would hold the run for ever.
void HeadFinisher::stalled_source(Token& token) {
  fail_at_head(token, {"source", "the source made no progress in a part of its input"});
  token.split = {};
}

void HeadFinisher::fail_at_head(const Token& token, const Caught& caught) {
  RecordFailure failure;
  failure.kind = caught.kind;
  failure.message = caught.message;
  env_.fence.lower({token.sequence, token.root_base}, failure_sample(env_, failure));
  env_.stop_reading.store(true, std::memory_order_release);
}

/// Takes one record through `stage` and all that follow.
void HeadFinisher::descend(Token& token, std::size_t stage, const RecordData& record, int slot) {
  Workspace& level = *levels_[stage];
  level.records.push() = record;
  const std::size_t last = env_.plan.stages.size() - 1;
  if (stage < last) runners_[stage]->run(token, level, slot);
  const std::uint32_t count = level.records.size();
  const auto child = [&](std::uint32_t at) { return level.records.data()[at]; };
  if (stage + 1 >= last) {
    sink_.write(token, level);
  } else {
    // Several children: none may reach the sink if a later one fails the run.
    bool clean = true;
    if (count > 1 && may_fail_run(stage + 1)) {
      for (std::uint32_t at = 0; at < count && clean; ++at) {
        clean = rehearse(token, stage + 1, child(at), slot);
      }
    }
    for (std::uint32_t at = 0; at < count && clean; ++at) {
      if (fenced(token, child(at))) break;
      descend(token, stage + 1, child(at), slot);
    }
  }
  level.reset();
}

/// Whether a concurrent stage between here and the next serial one fails the run on errors. (What a
/// serial stage does cannot be tried out.)
bool HeadFinisher::may_fail_run(std::size_t stage) const {
  for (std::size_t i = stage; i + 1 < env_.plan.stages.size(); ++i) {
    if (env_.plan.stages[i].type->role == Role::serial_transform) return false;
    if (env_.plan.stages[i].on_error == OnError::fail) return true;
  }
  return false;
}

/// Tries out what becomes of `record`, without the sink and without booking it. False if it fails
/// the run: the fence then stands at its origin.
bool HeadFinisher::rehearse(Token& token, std::size_t stage, const RecordData& record, int slot) {
  if (record.root == detail::kNoRoot) return true;
  rehearsal_.reset();
  rehearsal_.sequence = token.sequence;
  rehearsal_.root_base = token.root_base + record.root;
  rehearsal_.roots.push(kUnmarked, Lane::reserve);
  RecordData tried = record;
  tried.root = 0;
  const bool clean = rehearse_from(stage, tried, slot);
  rehearsal_.reset();
  return clean;
}

bool HeadFinisher::rehearse_from(std::size_t stage, const RecordData& record, int slot) {
  if (!may_fail_run(stage)) return true;
  Workspace& level = *levels_[stage];
  level.records.push() = record;
  runners_[stage]->run(rehearsal_, level, slot);
  bool clean = !fenced(rehearsal_, record);
  for (std::uint32_t at = 0; at < level.records.size() && clean; ++at) {
    const RecordData child = level.records.data()[at];
    clean = rehearse_from(stage + 1, child, slot);
  }
  level.reset();
  return clean;
}

}  // namespace weir
