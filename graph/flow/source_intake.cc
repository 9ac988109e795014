#include "graph/flow/source_intake.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "graph/flow/timer_heap.h"
#include "graph/flow/token_feed.h"

namespace weir {

SourceIntake::SourceIntake(Environment& env, Share& share, StageRunner& source)
    : env_(env), share_(share), source_(source) {
  stop_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

SourceIntake::~SourceIntake() {
  if (stop_fd_ >= 0) close(stop_fd_);
}

void SourceIntake::stop() {
  stop_flag_.store(true);
  if (stop_fd_ < 0) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(stop_fd_, &one, sizeof one);
}

bool SourceIntake::ready() const {
  if (env_.stopped(source_number())) return true;
  // A batch is not worth beginning with a few credits: its rest would wait until it is the oldest.
  const std::uint64_t records = share_.gate.records();
  const std::uint64_t enough =
      std::max<std::uint64_t>(1, std::min<std::uint64_t>(share_.pacer.want_records(), records / 4));
  const std::uint64_t free = records - share_.gate.held();
  return free >= enough || (free > 0 && share_.gate.tokens() == 0);
}

std::uint32_t SourceIntake::take_credits(std::uint32_t records) {
  const std::uint64_t left =
      env_.input_limit - std::min(env_.input_limit, env_.read_of(source_number()));
  return share_.gate.take_records(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(records, left)));
}

/// Bytes for so many records, where credits allow fewer than the pacer wants.
std::uint64_t SourceIntake::bytes_for(std::uint32_t records) const {
  const std::uint64_t bytes = share_.pacer.want_bytes();
  const std::uint32_t wanted = share_.pacer.want_records();
  return records >= wanted ? bytes : std::max<std::uint64_t>(1, bytes * records / wanted);
}

Intake::Got SourceIntake::fill(Token& token, bool alone) {
  const bool stopped = env_.stopped(source_number());
  if (stopped || env_.read_of(source_number()) >= env_.input_limit) return Got::end;
  if (token.credits == 0) return Got::nothing;
  if (alone) token.work.set_lane(Lane::reserve);
  const auto start = Clock::now();
  TokenFeed feed(env_, share_, token, token.work, alone ? 1 : token.credits,
                 alone ? 1 : bytes_for(token.credits));
  bool more = true;
  bool starved = false;
  reading_.store(true, std::memory_order_release);
  try {
    more = env_.plan.source_at(share_.region.first).read(feed, Stop(stop_flag_, stop_fd_));
  } catch (const detail::OutOfMemory&) {
    starved = true;
    if (alone && feed.appended() == 0) fail_at_source(env_, token);
  } catch (...) {
    feed.book();
    fail_at_source(env_, token);
    more = false;
  }
  reading_.store(false, std::memory_order_release);
  token.work.set_lane(Lane::normal);
  const bool splits = feed.handed_out();
  if (!splits) settle_feed(env_, share_, source_, token, token.work, feed);
  token.filled = !splits;
  token.fill_ns = static_cast<std::uint64_t>((Clock::now() - start).count());
  token.tallies[source_.index()].busy_ns += token.fill_ns;
  if (feed.appended() == 0 && !splits && token.failures.empty()) {
    if (starved) return Got::starved;
    return more ? Got::nothing : Got::end;
  }
  return more ? Got::some : Got::last;
}

}  // namespace weir
