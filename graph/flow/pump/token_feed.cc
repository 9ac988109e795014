#include "graph/flow/pump/token_feed.h"

#include <algorithm>
#include <chrono>

#include "graph/flow/context/caught.h"
#include "graph/flow/context/failure.h"
#include "graph/flow/stage/stage_runner.h"
#include "weir/positioned_error.h"

namespace weir::flow {
namespace {

/// Credits that a batch takes at a time when it turns out larger than expected.
constexpr std::uint32_t kCreditStep = 64;
/// Records that a feed makes room for at a time.
constexpr std::uint32_t kRoomStep = 256;

/// Returns the position that the current exception names, else `position`. Call it only in a catch
/// block.
std::uint64_t position_of_exception(std::uint64_t position) {
  try {
    throw;
  } catch (const PositionedError& e) {
    return e.position();
  } catch (...) {
    return position;
  }
}

}  // namespace

TokenFeed::TokenFeed(const RegionContext& region, Token& token, Workspace& work,
                     std::uint32_t want_records, std::uint64_t want_bytes)
    : context_(region.run), quota_(region.quota), token_(token), work_(work) {
  arena_ = &work.arena;
  host_ = &context_;
  want_records_ = want_records;
  want_bytes_ = want_bytes;
  record_limit_ = context_.record_limit();
  arena_->begin_call(record_limit_);
  part_ = context_.parts.last(source());
}

std::uint32_t TokenFeed::begin_part(Part part) {
  return part_ = context_.parts.add(source(), std::move(part));
}

void TokenFeed::hand_out(const Split& split) {
  token_.split = split;
  handed_out_ = true;
  context_.bytes_handed_out.fetch_add(split.end - split.begin, std::memory_order_relaxed);
}

void TokenFeed::book() {
  const auto records = static_cast<std::uint32_t>(next_ - first_);
  // A source numbers its own parts only.
  if (source() != SourceId()) {
    for (auto* record = first_; record != next_; ++record) {
      record->part = detail::part_of(source().number(), record->part);
    }
  }
  work_.records.add(records);
  if (first_) token_.roots.truncate(next_root_);
  appended_ += records;
  first_ = next_ = end_ = nullptr;
}

void TokenFeed::make_room() {
  book();
  try {
    make_more_room();
  } catch (const detail::OutOfMemory&) {
    arena_->refuse_memory();
  }
}

/// Makes room in credits, roots and records; in steps, so that a record costs none of this.
void TokenFeed::make_more_room() {
  const std::uint32_t left = kMostRoots - token_.root_base - token_.roots.size();
  if (left == 0) {
    throw Error("batch", "the source put " + std::to_string(kMostRoots) + " records into one batch",
                false);
  }
  if (token_.roots.size() == token_.credits) {
    const std::uint32_t more = quota_.gate.take_records(kCreditStep);
    if (more == 0) throw detail::OutOfMemory{};
    token_.credits += more;
  }
  work_.records.reserve(token_.credits);
  const std::uint32_t room =
      std::min({work_.records.room(), token_.credits - token_.roots.size(), kRoomStep, left});
  next_root_ = token_.roots.size();
  token_.roots.fill(kUnmarked, room, work_.lane);
  first_ = next_ = work_.records.data() + work_.records.size();
  end_ = first_ + room;
}

void TokenFeed::reject_size(Record& record, std::size_t size) {
  fail_thrown(context_, record.data(), work_,
              {"too_big",
               "a record of " + std::to_string(size) + " bytes passes limits.record, " +
                   std::to_string(record_limit_) + " bytes",
               false});
}

void settle_feed(const RegionContext& region, Token& token, Workspace& work, TokenFeed& feed) {
  RunContext& context = region.run;
  StageRunner& source = region.first_runner();
  feed.book();
  token.bytes += feed.bytes();
  token.tallies[source.index()].in += feed.appended();
  context.enter(token.source, feed.appended());
  context.bytes_read.fetch_add(feed.bytes(), std::memory_order_relaxed);
  // A split that is not done keeps one credit, so that its rest can always be loaded.
  const std::uint32_t keep =
      std::max<std::uint32_t>(token.roots.size(), token.split.done() ? 0 : 1);
  if (token.credits > keep) {
    region.quota.gate.give_records(token.credits - keep);
    token.credits = keep;
  }
  source.settle_source_failures(token, work);
}

void fail_at_source(RunContext& context, Token& token) {
  Caught caught;
  try {
    caught = caught_exception();
  } catch (const detail::OutOfMemory&) {
    caught = {"memory", "the source asked for memory again and again", false};
  }
  RecordFailure failure;
  const SourceId source = token.source;
  const StageId stage = context.plan.sources[source];
  failure.stage = stage;
  failure.place = {token.number, token.root_base + token.roots.size(), source};
  failure.part = detail::part_of(
      source.number(), token.split.done() ? context.parts.last(source) : token.split.part);
  failure.position = position_of_exception(token.split.begin);
  failure.kind = caught.kind;
  failure.message = caught.message;
  token.split = {};
  if (context.plan.stages[stage].on_error.action == compile::OnError::fail) {
    fail_run(context, failure);
  } else {
    context.stop_source(source);
  }
  token.failures.add(std::move(failure), true);
}

void load_split(const RegionContext& region, Token& token, Workspace& work,
                std::uint32_t want_records, std::uint64_t want_bytes) {
  RunContext& context = region.run;
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  const std::uint64_t left = context.input_left(token.source);
  TokenFeed feed(region, token, work,
                 static_cast<std::uint32_t>(std::min<std::uint64_t>(want_records, left)),
                 want_bytes);
  try {
    if (left > 0) {
      feed.call([&] {
        context.plan.source_at(context.plan.sources[token.source]).load(token.split, feed);
      });
    }
  } catch (const detail::OutOfMemory&) {
    // The loaded records go on. The rest of the split is loaded when this token is the oldest.
    if (work.lane == Lane::reserve && feed.appended() == 0) fail_at_source(context, token);
  } catch (...) {
    feed.book();
    fail_at_source(context, token);
  }
  feed.book();
  if (feed.appended() >= left) token.split = {};  // An observed run reads no more.
  settle_feed(region, token, work, feed);
  token.tallies[region.first_runner().index()].busy_ns +=
      static_cast<std::uint64_t>((Clock::now() - start).count());
}

}  // namespace weir::flow
