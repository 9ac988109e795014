#include "graph/flow/pump/source_filler.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "graph/flow/clock/timer_heap.h"
#include "graph/flow/pump/token_feed.h"

namespace weir::flow {

SourceFiller::SourceFiller(const RegionContext& region)
    : region_(region), context_(region.run), quota_(region.quota) {
  stop_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

SourceFiller::~SourceFiller() {
  if (stop_fd_ >= 0) close(stop_fd_);
}

void SourceFiller::stop() {
  stop_flag_.store(true);
  if (stop_fd_ < 0) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(stop_fd_, &one, sizeof one);
}

bool SourceFiller::ready() const {
  if (context_.stopped(source())) return true;
  // A few credits are not worth a batch: the rest of its split would wait until it is the oldest.
  const std::uint64_t records = quota_.gate.records();
  const std::uint64_t enough =
      std::max<std::uint64_t>(1, std::min<std::uint64_t>(quota_.pacer.want_records(), records / 4));
  const std::uint64_t free = records - quota_.gate.held();
  return free >= enough || (free > 0 && quota_.gate.tokens() == 0);
}

std::uint32_t SourceFiller::take_credits(std::uint32_t records) {
  return quota_.gate.take_records(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(records, context_.input_left(source()))));
}

/// Returns the bytes for so many records, where credits allow fewer than the pacer wants.
std::uint64_t SourceFiller::bytes_for(std::uint32_t records) const {
  const std::uint64_t bytes = quota_.pacer.want_bytes();
  const std::uint32_t wanted = quota_.pacer.want_records();
  return records >= wanted ? bytes : std::max<std::uint64_t>(1, bytes * records / wanted);
}

BatchFiller::Got SourceFiller::fill(Token& token, bool alone) {
  const bool stopped = context_.stopped(source());
  if (stopped || context_.input_left(source()) == 0) return Got::end;
  if (token.credits == 0) return Got::nothing;
  if (alone) token.work.set_lane(Lane::reserve);
  const auto start = Clock::now();
  TokenFeed feed(region_, token, token.work, alone ? 1 : token.credits,
                 alone ? 1 : bytes_for(token.credits));
  bool more = true;
  bool starved = false;
  reading_.store(true, std::memory_order_release);
  try {
    feed.call([&] {
      more = context_.plan.source_at(quota_.region.first).read(feed, Stop(stop_flag_, stop_fd_));
    });
  } catch (const detail::OutOfMemory&) {
    starved = true;
    if (alone && feed.appended() == 0) fail_at_source(context_, token);
  } catch (...) {
    feed.book();
    fail_at_source(context_, token);
    more = false;
  }
  reading_.store(false, std::memory_order_release);
  if (!more) context_.read_out(source());
  token.work.set_lane(Lane::normal);
  const bool splits = feed.handed_out();
  if (!splits) settle_feed(region_, token, token.work, feed);
  token.filled = !splits;
  token.fill_ns = static_cast<std::uint64_t>((Clock::now() - start).count());
  token.tallies[region_.first_runner().index()].busy_ns += token.fill_ns;
  if (feed.appended() == 0 && !splits && token.failures.empty()) {
    if (starved) return Got::starved;
    return more ? Got::nothing : Got::end;
  }
  return more ? Got::some : Got::last;
}

}  // namespace weir::flow
