#include "graph/flow/token_feed.h"

#include <algorithm>
#include <chrono>

#include "graph/flow/caught.h"
#include "graph/flow/failure.h"
#include "graph/flow/stage_runner.h"

namespace weir {
namespace {

/// Credits that a batch takes at once when it turns out larger than expected.
constexpr std::uint32_t kCreditStep = 64;
/// Records that a feed makes room for at once.
constexpr std::uint32_t kRoomStep = 256;

}  // namespace

TokenFeed::TokenFeed(Environment& env, Share& share, Token& token, Workspace& work,
                     std::uint32_t want_records, std::uint64_t want_bytes)
    : env_(env), share_(share), token_(token), work_(work) {
  arena_ = &work.arena;
  host_ = &env;
  want_records_ = want_records;
  want_bytes_ = want_bytes;
  record_limit_ = env.record_limit();
  part_ = env.parts.last(source());
}

std::uint32_t TokenFeed::begin_part(Part part) {
  return part_ = env_.parts.add(source(), std::move(part));
}

void TokenFeed::hand_out(const Split& split) {
  token_.split = split;
  handed_out_ = true;
  env_.bytes_handed_out.fetch_add(split.end - split.begin, std::memory_order_relaxed);
}

void TokenFeed::book() {
  const auto records = static_cast<std::uint32_t>(next_ - first_);
  // A source knows its own parts only.
  if (source() > 0) {
    for (auto* record = first_; record != next_; ++record) {
      record->part = detail::part_of(source(), record->part);
    }
  }
  work_.records.add(records);
  if (first_) token_.roots.truncate(next_root_);
  appended_ += records;
  first_ = next_ = end_ = nullptr;
}

/// Room in credits, in roots, and in records; in steps, so that a record costs none of this.
void TokenFeed::make_room() {
  book();
  if (token_.roots.size() == token_.credits) {
    const std::uint32_t more = share_.gate.take_records(kCreditStep);
    if (more == 0) throw detail::OutOfMemory{};
    token_.credits += more;
  }
  work_.records.reserve(token_.credits);
  const std::uint32_t room =
      std::min({work_.records.room(), token_.credits - token_.roots.size(), kRoomStep});
  next_root_ = token_.roots.size();
  token_.roots.fill(kUnmarked, room, work_.lane);
  first_ = next_ = work_.records.data() + work_.records.size();
  end_ = first_ + room;
}

void TokenFeed::reject_size(Record& record, std::size_t size) {
  fail_thrown(env_, record.data(), work_,
              {"too_big",
               "a record of " + std::to_string(size) + " bytes passes limits.record, " +
                   std::to_string(record_limit_) + " bytes",
               false});
}

void settle_feed(Environment& env, Share& share, StageRunner& source, Token& token, Workspace& work,
                 TokenFeed& feed) {
  feed.book();
  token.bytes += feed.bytes();
  token.tallies[source.index()].in += feed.appended();
  env.enter(token.source, feed.appended());
  env.bytes_read.fetch_add(feed.bytes(), std::memory_order_relaxed);
  // One credit stays with a split that is not done, so that its rest can always go on.
  const std::uint32_t keep =
      std::max<std::uint32_t>(token.roots.size(), token.split.done() ? 0 : 1);
  if (token.credits > keep) {
    share.gate.give_records(token.credits - keep);
    token.credits = keep;
  }
  source.settle_source_failures(token, work);
}

void fail_at_source(Environment& env, Token& token) {
  Caught caught;
  try {
    caught = caught_exception();
  } catch (const detail::OutOfMemory&) {
    caught = {"memory", "the source asked for memory again and again", false};
  }
  RecordFailure failure;
  const std::uint16_t source = token.source;
  const auto stage = static_cast<std::size_t>(env.plan.sources[source]);
  failure.stage = static_cast<std::uint16_t>(stage);
  failure.place = {token.sequence, token.root_base + token.roots.size(), source};
  failure.part =
      detail::part_of(source, token.split.done() ? env.parts.last(source) : token.split.part);
  failure.position = token.split.begin;
  failure.kind = caught.kind;
  failure.message = caught.message;
  token.split = {};
  if (env.plan.stages[stage].on_error.action == OnError::fail) {
    fail_run(env, failure);
  } else {
    env.stop_source(source);
  }
  token.add_failure(std::move(failure), true);
}

void load_split(Environment& env, Share& share, StageRunner& source, Token& token, Workspace& work,
                std::uint32_t want_records, std::uint64_t want_bytes) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  TokenFeed feed(env, share, token, work, want_records, want_bytes);
  try {
    env.plan.source_at(env.plan.sources[token.source]).load(token.split, feed);
  } catch (const detail::OutOfMemory&) {
    // What was loaded goes on; the rest of the split is loaded when this token is the oldest.
    if (work.lane == Lane::reserve && feed.appended() == 0) fail_at_source(env, token);
  } catch (...) {
    feed.book();
    fail_at_source(env, token);
  }
  settle_feed(env, share, source, token, work, feed);
  token.tallies[source.index()].busy_ns +=
      static_cast<std::uint64_t>((Clock::now() - start).count());
}

}  // namespace weir
