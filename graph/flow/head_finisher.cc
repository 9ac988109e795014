#include "graph/flow/head_finisher.h"

#include "graph/flow/failure.h"
#include "graph/flow/token_feed.h"

namespace weir {

using detail::RecordData;

HeadFinisher::HeadFinisher(Environment& env, std::vector<std::unique_ptr<StageRunner>>& runners,
                           SinkWriter& sink, Accounts& accounts)
    : env_(env), runners_(runners), sink_(sink), accounts_(accounts) {
  for (std::size_t i = 0; i < env.plan.stages.size(); ++i) {
    levels_.push_back(std::make_unique<Workspace>(env.pool, Lane::reserve));
  }
}

void HeadFinisher::finish(Token& token, int slot) {
  accounts_.note_head_finish();
  finish_rests(token, slot);
  accounts_.book_roots(token);
  token.work.reset();
  finish_split(token, slot);
}

bool HeadFinisher::fenced(const Token& token, const RecordData& record) const {
  if (!env_.fence.raised()) return false;
  return place_of(token, record) >= *env_.fence.place();
}

/// The records that stand in the token's own memory: those furthest along first, which are the
/// older ones.
void HeadFinisher::finish_rests(Token& token, int slot) {
  const Unfinished rests[2] = {token.rests[0], token.rests[1]};
  const int count = token.unfinished_count;
  token.unfinished_count = 0;
  for (int i = 0; i < count; ++i) {
    const RecordArray& array = rests[i].in_spare ? token.work.spare : token.work.records;
    for (std::uint32_t at = rests[i].begin; at < rests[i].end; ++at) {
      const RecordData& record = array.data()[at];
      if (fenced(token, record)) return;
      descend(token, static_cast<std::size_t>(rests[i].stage), record, slot);
    }
  }
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
  try {
    throw Error("source", "the source made no progress in a part of its input", false);
  } catch (...) {
    fail_at_source(env_, token);
  }
}

/// Takes one record through `stage` and all that follow.
void HeadFinisher::descend(Token& token, std::size_t stage, const RecordData& record, int slot) {
  Workspace& level = *levels_[stage];
  level.records.push() = record;
  const std::size_t last = env_.plan.stages.size() - 1;
  if (stage == last) {
    sink_.write(token, level);
  } else {
    runners_[stage]->run(token, level, slot);
    if (stage + 1 == last) {
      sink_.write(token, level);
    } else {
      for (std::uint32_t at = 0; at < level.records.size(); ++at) {
        const RecordData child = level.records.data()[at];
        if (fenced(token, child)) break;
        descend(token, stage + 1, child, slot);
      }
    }
  }
  level.reset();
}

}  // namespace weir
