#include "graph/flow/region/head_finisher.h"

#include "graph/flow/context/failure.h"
#include "graph/flow/context/letters.h"
#include "graph/flow/pump/token_feed.h"

namespace weir::flow {

using detail::RecordData;

HeadFinisher::HeadFinisher(const RegionContext& region, Exit& exit, Exit& letters)
    : region_(region),
      context_(region.run),
      exit_(exit),
      letters_(letters),
      first_(region.region().segments.front().stages.front()),
      end_(region.region().last + (region.region().ends() ? 0 : 1)),
      rehearsal_(region.quota.pool, region.run.plan.stages.size()) {
  // One level for each stage from `first_` on, and one before them for the source.
  const auto levels = static_cast<std::size_t>(end_ - first_) + 2;
  while (levels_.size() < levels) {
    levels_.push_back(std::make_unique<Workspace>(region.quota.pool, Lane::reserve));
  }
}

bool HeadFinisher::finish(Token& token, int slot) {
  if (phase_ == Phase::idle) begin(token);
  try {
    while (phase_ != Phase::idle) {
      if (!step(token, slot)) return false;
    }
  } catch (const detail::OutOfMemory&) {
    // The reserve was too small: a stage has kept more than the rules allow.
    fail_at_head(token, {"memory", "limits.memory leaves no room to finish the oldest record"});
    for (auto& level : levels_) level->reset();
    rehearsal_.reset();
    frames_.clear();
    token.split = {};
    phase_ = Phase::idle;
  }
  return true;
}

void HeadFinisher::begin(Token& token) {
  region_.accounts.note_head_finish();
  rests_.assign(token.rests, token.rests + token.unfinished_count);
  token.unfinished_count = 0;
  token.letters.set_lane(Lane::reserve);
  old_letters_ = token.letters.size();
  old_sent_ = token.exit_letter;
  new_sent_ = 0;
  phase_ = Phase::rests;
  rest_ = 0;
  rest_at_ = rests_.empty() ? 0 : rests_.front().begin;
  last_root_ = detail::kNoRoot;
}

/// Goes on by one record. Returns false if there is no room.
bool HeadFinisher::step(Token& token, int slot) {
  if (!frames_.empty()) return walk(token, slot);
  if (phase_ == Phase::split) {
    step_split(token, slot);
    return true;
  }
  return step_rests(token, slot);
}

bool HeadFinisher::is_cut(const Token& token, const RecordData& record) const {
  return context_.failure_cut.raised() && context_.failure_cut.holds_back(token.place(record.root));
}

const RecordData& HeadFinisher::rest_record(const Token& token, std::size_t rest,
                                            std::uint32_t at) const {
  const Unfinished& part = rests_[rest];
  return (part.in_spare ? token.work.spare : token.work.records).data()[at];
}

/// Processes the records in the token's own memory, those furthest along first, because they are
/// the older ones. Returns false if there is no room.
bool HeadFinisher::step_rests(Token& token, int slot) {
  if (rest_ == rests_.size()) {
    if (!send_made(token) || !send_letters(token, ~std::uint64_t{0})) return false;
    token.letters.truncate(0);
    token.exit_letter = old_letters_ = old_sent_ = 0;
    region_.accounts.book_roots(token);
    token.work.reset();
    phase_ = Phase::split;
    split_at_ = 0;
    return true;
  }
  const Unfinished& rest = rests_[rest_];
  const auto next_rest = [&] {
    if (++rest_ < rests_.size()) rest_at_ = rests_[rest_].begin;
  };
  if (rest.stage >= end_) {
    if (!leave_rest(token, rest_, slot)) return false;
    next_rest();
    return true;
  }
  if (rest_at_ >= rest.end) {
    next_rest();
    return true;
  }
  const RecordData& record = rest_record(token, rest_, rest_at_);
  if (!send_letters(token, rank(record))) return false;
  const bool new_origin = record.root != last_root_;
  if ((new_origin && !rehearse_origin(token, rest_, rest_at_, slot)) || is_cut(token, record)) {
    token.give_up_behind(context_.failure_cut);
    rest_ = rests_.size();
    return true;
  }
  last_root_ = record.root;
  ++rest_at_;
  enter(token, rest.stage, record, slot);
  return true;
}

/// Lets records leave that are through all stages. Those of the last origin may have siblings in
/// the other rest.
bool HeadFinisher::leave_rest(Token& token, std::size_t rest, int slot) {
  const Unfinished& part = rests_[rest];
  if (rest_at_ == part.begin) {
    last_root_ = rest_record(token, rest, part.end - 1).root;
    std::uint32_t at = part.end;
    while (at > part.begin && rest_record(token, rest, at - 1).root == last_root_) --at;
    rehearse_origin(token, rest, at, slot);
  }
  RecordArray& array = part.in_spare ? token.work.spare : token.work.records;
  while (rest_at_ < part.end) {
    if (!send_made(token) || !send_letters(token, rank(array.data()[rest_at_]))) return false;
    const bool letters = old_sent_ < old_letters_;
    const std::uint64_t next = letters ? rank(token.letters.data()[old_sent_]) : ~std::uint64_t{0};
    std::uint32_t end = rest_at_;
    while (end < part.end && rank(array.data()[end]) <= next) ++end;
    rest_at_ += static_cast<std::uint32_t>(
        exit_.take(token, token.work, {array.data() + rest_at_, end - rest_at_}));
    if (rest_at_ < end) return false;
  }
  return true;
}

/// Sends letters from before the walk, as far as they stand before `below`. Returns false if there
/// is no room.
bool HeadFinisher::send_letters(Token& token, std::uint64_t below) {
  const std::span<RecordData> letters = token.letters.all();
  while (old_sent_ < old_letters_ && rank(letters[old_sent_]) < below) {
    if (letters_.take_letters(token, letters.subspan(old_sent_, 1)) == 0) return false;
    ++old_sent_;
  }
  return true;
}

/// Processes the rest of the token's split, one record at a time.
void HeadFinisher::step_split(Token& token, int slot) {
  Workspace& source = *levels_[0];
  if (split_at_ < source.records.size()) {
    const RecordData record = source.records.data()[split_at_++];
    if (!is_cut(token, record)) return enter(token, first_, record, slot);
    split_at_ = source.records.size();
  }
  if (source.records.size() > 0 || token.roots.size() > 0) region_.accounts.book_roots(token);
  source.reset();
  split_at_ = 0;
  const bool stop =
      token.split.done() || context_.abandoned() ||
      context_.failure_cut.holds_back({token.number, ~std::uint32_t{0} >> 10, token.source});
  if (stop) {
    token.split = {};
    phase_ = Phase::idle;
    return;
  }
  const std::uint64_t before = token.split.begin;
  load_split(region_, token, source, 1, 1);
  if (token.split.begin == before && token.roots.size() == 0 && !token.split.done()) {
    stalled_source(token);
  }
}

/// Fails a source whose `load` neither appends nor moves on, and would hold the run forever.
void HeadFinisher::stalled_source(Token& token) {
  fail_at_head(token, {"source", "the source made no progress in a part of its input"});
  token.split = {};
}

void HeadFinisher::fail_at_head(const Token& token, const Caught& caught) {
  RecordFailure failure;
  failure.place = token.roots.size() > 0
                      ? token.place(0)
                      : OriginPlace{token.first_place.token, token.root_base, SourceId()};
  failure.kind = caught.kind;
  failure.message = caught.message;
  fail_run(context_, failure);
}

/// Takes one record into `stage`. What comes of it stands in that stage's level.
void HeadFinisher::enter(Token& token, StageId stage, const RecordData& record, int slot) {
  Workspace& level = level_of(stage);
  level.records.push() = record;
  frames_.push_back({stage, 0, false});
  if (stage < end_) region_.runners[stage]->run(token, level, slot);
}

/// Takes one step of the walk down: a record leaves, or enters the next stage, or a level is done.
/// Returns false if there is no room.
bool HeadFinisher::walk(Token& token, int slot) {
  Frame& frame = frames_.back();
  Workspace& level = level_of(frame.stage);
  const std::uint32_t count = level.records.size();
  if (frame.at >= count) return pop(token);
  if (frame.stage + 1 >= end_) {
    frame.at += static_cast<std::uint32_t>(
        exit_.take(token, level, {level.records.data() + frame.at, count - frame.at}));
    return frame.at >= count;
  }
  // With several children, none may leave if a later one fails the run.
  if (!std::exchange(frame.tried, true) && count > 1 && may_fail_run(frame.stage + 1)) {
    for (std::uint32_t at = 0; at < count; ++at) {
      if (rehearse(token, frame.stage + 1, level.records.data()[at], slot)) continue;
      frame.at = count;
      return true;
    }
  }
  const RecordData child = level.records.data()[frame.at++];
  if (is_cut(token, child)) {
    token.give_up_behind(context_.failure_cut);
    frame.at = count;
  } else {
    enter(token, frame.stage + 1, child, slot);
  }
  return true;
}

/// Sends the letters that the walk has made. Returns false if there is no room.
bool HeadFinisher::send_made(Token& token) {
  while (token.letters.size() > old_letters_) {
    const std::span<RecordData> made = token.letters.all().subspan(old_letters_ + new_sent_);
    const std::size_t sent = letters_.take_letters(token, made);
    new_sent_ += static_cast<std::uint32_t>(sent);
    if (sent < made.size()) return false;
    token.letters.truncate(old_letters_);
    new_sent_ = 0;
  }
  return true;
}

/// Ends a level. Letters that it made must leave before its memory is freed.
bool HeadFinisher::pop(Token& token) {
  if (!send_made(token)) return false;
  level_of(frames_.back().stage).reset();
  frames_.pop_back();
  return true;
}

}  // namespace weir::flow
