#include "stages/file/follower.h"

#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace weir::stages::file {
namespace {

/// The fewest files that are held open, whatever the limit is.
constexpr std::size_t kFewestOpen = 8;

/// Half of the descriptors that this process may have: others need some.
std::size_t most_open() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kFewestOpen;
  return std::max<std::size_t>(kFewestOpen, limit.rlim_cur / 2);
}

int milliseconds_until(Follower::Clock::time_point when) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::ceil<milliseconds>(when - Follower::Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

}  // namespace

Follower::Follower(Following following, const Exclusions& exclusions, const Rules& rules,
                   const DecoderMemory::Bound& memory)
    : following_(std::move(following)),
      exclusions_(exclusions),
      rules_(rules),
      memory_(memory),
      most_open_(most_open()) {}

void Follower::open(Context& context) {
  context_ = &context;
  scan();
  first_ = false;
}

void Follower::close() {
  held_ = 0;
  charge_held();
  queue_.clear();
  leaving_.clear();
  holding_.clear();
  watched_.clear();
  files_.clear();
}

void Follower::read(Feed& feed, const Stop& stop) {
  Wanted wanted(feed);
  while (!stop.requested()) {
    take_events();
    const auto now = Clock::now();
    if (now >= next_scan_ || (look_ && now >= soonest_scan_)) scan();
    end_those_due();
    settle_those_due();
    while (!feed.full() && tell_problem(feed, wanted)) {
    }
    // Each file in the queue once, so that what has changed meanwhile is seen.
    for (std::size_t left = queue_.size(); left > 0 && !queue_.empty() && !feed.full(); --left) {
      serve_next(feed, stop, wanted);
    }
    if (wanted.given()) return;
    if (queue_.empty() && problems_.empty()) wait(stop);
  }
}

void Follower::wait(const Stop& stop) const {
  Clock::time_point until = look_ ? std::min(next_scan_, soonest_scan_) : next_scan_;
  for (const FollowedFile* file : leaving_) until = std::min(until, file->until);
  for (const FollowedFile* file : holding_) until = std::min(until, file->quiet);
  pollfd fds[2] = {{watcher_.fd(), POLLIN, 0}, {stop.fd(), POLLIN, 0}};
  if (::poll(fds, 2, milliseconds_until(until)) < 0 && errno != EINTR) {
    throw Error("io", "cannot wait for files to grow: " + error_text(errno));
  }
}

void Follower::take_events() {
  look_ |= watcher_.take([this](int watch) {
    if (const auto file = watched_.find(watch); file != watched_.end()) queue(*file->second);
  });
}

void Follower::queue(FollowedFile& file, bool first) {
  if (file.queued || file.over) return;
  file.queued = true;
  if (first) {
    queue_.push_front(&file);
  } else {
    queue_.push_back(&file);
  }
}

/// Lets the files end that were renamed or deleted, and in which nothing has come for a while.
void Follower::end_those_due() {
  const auto now = Clock::now();
  for (FollowedFile* file : leaving_) {
    if (file->ends || now < file->until) continue;
    file->ends = true;
    queue(*file);
  }
}

/// Makes records of the lines behind which nothing has come for a while.
void Follower::settle_those_due() {
  const auto now = Clock::now();
  for (auto at = holding_.begin(); at != holding_.end();) {
    FollowedFile& file = **at;
    const bool due = !file.queued && now >= file.quiet;
    if (due) {
      file.settle();
      queue(file);
    }
    at = due ? holding_.erase(at) : std::next(at);
  }
}

void Follower::serve_next(Feed& feed, const Stop& stop, Wanted& wanted) {
  FollowedFile& file = *queue_.front();
  const std::uint32_t before = feed.appended();
  const std::size_t held = file.held();
  std::optional<FollowedFile::Served> result;
  Opened opened = Opened::gone;
  try {
    file.used = ++uses_;
    opened = open_file(file);
    // It stays in the queue if memory runs out.
    if (opened == Opened::yes) result = file.serve(feed, stop, wanted);
  } catch (const Error& e) {
    refuse(file.path(), e.what());
    opened = Opened::gone;
  }
  queue_.pop_front();
  file.queued = false;
  if (result) {
    const bool gave = feed.appended() > before;
    note_quiet(file, gave || file.held() != held);
    return served(file, *result, gave);
  }
  if (opened == Opened::gone) return finish(file);
  file.ends = false;
  file.until = Clock::now() + following_.scan;
}

/// Notes since when a file has held whole lines.
void Follower::note_quiet(FollowedFile& file, bool came) {
  if (!following_.idle) return;
  if (!file.holds_lines()) {
    holding_.erase(&file);
  } else if (holding_.insert(&file).second || came) {
    file.quiet = Clock::now() + *following_.idle;
  }
}

void Follower::served(FollowedFile& file, FollowedFile::Served result, bool gave) {
  using Served = FollowedFile::Served;
  if (gave && file.leaving && result != Served::over) {
    file.ends = false;
    file.until = Clock::now() + following_.rotate_wait;
  }
  switch (result) {
    case Served::cut:
      context_->log(LogLevel::warning, "'" + file.path() +
                                           "' was truncated: it is read from its beginning, and "
                                           "what was written shortly before may be missing");
      return queue(file, true);
    case Served::packed:
      say_once("packed", "compressed files such as '" + file.path() + "' are passed over");
      return finish(file);
    case Served::over:
      return finish(file);
    case Served::more:
      return queue(file);
    case Served::quiet:
      break;
  }
  if (file.ends) {
    file.end();
    return queue(file, true);
  }
  count_held(file);
}

/// Closes a file that has ended. It is known as long as it has a name that is looked for.
void Follower::finish(FollowedFile& file) {
  count_held(file);
  close_file(file);
  leaving_.erase(&file);
  holding_.erase(&file);
  watched_.erase(file.watch);
  watcher_.forget(file.watch);
  file.watch = -1;
  file.leaving = file.ends = false;
  file.over = true;
}

/// Appends one file that cannot be read, as the error that it is. Returns false if there is none.
bool Follower::tell_problem(Feed& feed, Wanted& wanted) {
  if (problems_.empty()) return false;
  const auto& [path, problem] = problems_.front();
  const std::uint32_t part = feed.begin_part({path, {}});
  append_failed(feed, part, 0, {}, {"io", problem, false});
  wanted.took(0);
  problems_.pop_front();
  return true;
}

void Follower::refuse(const std::string& path, const std::string& problem) {
  if (refused_.insert(path).second) problems_.emplace_back(path, problem);
}

void Follower::say_once(const std::string& key, const std::string& text) {
  if (said_.insert(key).second) context_->log(LogLevel::warning, text);
}

}  // namespace weir::stages::file
