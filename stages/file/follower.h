#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stages/file/followed_file.h"
#include "stages/file/glob.h"
#include "stages/file/siblings.h"
#include "stages/file/watcher.h"
#include "weir/file_use.h"
#include "weir/stage.h"

namespace weir::stages::file {

/// What is followed, and how.
struct Following {
  std::vector<std::string> paths;
  bool at_end = false;  ///< Files that are there at the start are read from their ends.
  std::chrono::nanoseconds scan{};
  std::chrono::nanoseconds rotate_wait{};
  bool plain = false;  ///< Files that look compressed are read as they are.
  /// After so long without a new byte, whole lines that are held are a record.
  std::optional<std::chrono::nanoseconds> idle;
  std::shared_ptr<Siblings> siblings;  ///< If it is one of several streams.
};

/// Reads files as they grow, under whatever names, for as long as nobody says stop.
///
/// All truth comes from looking: a scan lists the globs and compares numbers and sizes with what is
/// known. The kernel's events say when to look. A file is known by its number (FileId) and its
/// Head, never by its name: one that gets another name is read on, and ends when nothing has come
/// for a while; a new one under the old name begins at its beginning.
class Follower {
 public:
  using Clock = std::chrono::steady_clock;

  /// `memory` bounds what is held of records that are not whole. All must outlive it.
  Follower(Following following, const Exclusions& exclusions, const Rules& rules,
           const DecoderMemory::Bound& memory);

  /// Returns the files that are there now, as OpensFiles::files does.
  static std::vector<FileUse> files(const std::vector<std::string>& paths,
                                    const Exclusions& exclusions);
  /// Looks for the first time. Throws Error "io" for a path that nobody can follow.
  void open(Context& context);
  /// Appends what has come, and waits if nothing has.
  void read(Feed& feed, const Stop& stop);
  void close();

 private:
  using Problem = std::pair<std::string, std::string>;  // A path, and what is wrong.

  void scan();
  void find(const std::string& path);
  void list(const std::string& glob);
  void meet(const std::string& path, const struct stat& info);
  void add(const std::string& path, const struct stat& info);
  void settle();
  bool settle_lost(FollowedFile& file);
  bool is_with_siblings(FollowedFile& file);
  void look_again(FollowedFile& file, const struct stat& info);
  void leave(FollowedFile& file);

  void queue(FollowedFile& file, bool first = false);
  void take_events();
  void end_those_due();
  void settle_those_due();
  void serve_next(Feed& feed, const Stop& stop, Wanted& wanted);
  void note_quiet(FollowedFile& file, bool came);
  void served(FollowedFile& file, FollowedFile::Served result, bool gave);
  void finish(FollowedFile& file);
  bool tell_problem(Feed& feed, Wanted& wanted);
  void wait(const Stop& stop) const;

  enum class Opened : std::uint8_t { yes, later, gone };
  Opened open_file(FollowedFile& file);
  void close_file(FollowedFile& file);
  bool close_idle(const FollowedFile& but);
  void count_held(FollowedFile& file);
  bool charge_held();
  void refuse(const std::string& path, const std::string& problem);
  void say_once(const std::string& key, const std::string& text);

  const Following following_;
  const Exclusions& exclusions_;
  const Rules& rules_;
  const DecoderMemory::Bound& memory_;
  Context* context_ = nullptr;
  Watcher watcher_;
  std::map<FileId, FollowedFile> files_;
  std::map<int, FollowedFile*> watched_;
  std::deque<FollowedFile*> queue_;
  std::set<FollowedFile*> leaving_;
  std::set<FollowedFile*> holding_;  ///< Those that hold whole lines, if these are to be settled.
  std::vector<std::pair<std::string, FileId>> met_;  ///< Of one scan: names of known files.
  std::set<std::string> refused_;  ///< The paths that cannot be read, of which this was said.
  std::deque<Problem> problems_;
  std::set<std::string> said_;
  std::uint64_t held_ = 0;     ///< The bytes that all files hold.
  std::uint64_t charged_ = 0;  ///< Of these, what is taken from the share.
  std::size_t open_ = 0;
  std::size_t most_open_ = 0;
  std::uint64_t uses_ = 0;
  bool first_ = true;
  bool look_ = false;  ///< A name has changed.
  Clock::time_point next_scan_;
  Clock::time_point soonest_scan_;
};

}  // namespace weir::stages::file
