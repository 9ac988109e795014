#pragma once

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "stages/file/file_identity.h"
#include "stages/file/serial_reader.h"

namespace weir::stages::file {

/// One file that is followed, whatever it is called meanwhile. Its descriptor may be closed while
/// nothing comes; it goes on where it was.
class FollowedFile {
 public:
  using Clock = std::chrono::steady_clock;

  /// With `plain`, a file that looks compressed is read as it is.
  FollowedFile(FileId id, std::string path, const Rules& rules, bool plain)
      : id_(id), path_(std::move(path)), rules_(rules), plain_(plain) {}

  FileId id() const { return id_; }
  const std::string& path() const { return path_; }
  void rename(std::string path) { path_ = std::move(path); }
  bool is_open() const { return open_; }
  int fd() { return reader_ ? reader_->stream().descriptor().get() : fd_.get(); }
  std::size_t held() const { return reader_ ? reader_->held() : 0; }

  /// Goes on with an open descriptor of the file.
  void open(Fd fd);
  void close();
  /// Begins behind the last whole line of the first `size` bytes.
  void begin_behind(std::uint64_t size) { behind_ = size; }
  bool release() { return reader_ && reader_->release(); }

  /// Says that nothing more is to come, so that half a line is a record.
  void end();
  /// Returns whether whole lines are held of a record that may have ended with them.
  bool holds_lines() const { return reader_ && !ending_ && reader_->holds_lines(); }
  /// Makes these a record: nothing has come for long enough.
  void settle();
  /// Returns whether the file, as `info` says, has changed since it was served last.
  bool changed(const struct stat& info) const;

  /// Returns whether the open file, of that number, is this one, and notes how it is now.
  bool is_still(int fd, const struct stat& info);

  enum class Served : std::uint8_t {
    quiet,   ///< All that is there was read.
    more,    ///< There is more, or the batch is full.
    cut,     ///< The file was truncated; serve it again.
    packed,  ///< The file is compressed, which nobody can follow.
    over     ///< The last record behind `end` was given.
  };
  /// Gives what has come. Throws Error "io".
  Served serve(Feed& feed, const Stop& stop, Wanted& wanted);

  // What the follower notes about it.

  bool queued = false;      ///< It stands in the queue of those to be served.
  bool leaving = false;     ///< It was renamed or deleted.
  bool ends = false;        ///< It ends as soon as nothing more has come.
  bool over = false;        ///< It has ended, or cannot be followed.
  bool named = false;       ///< The last scan has found it.
  std::size_t counted = 0;  ///< The bytes that it holds, when they were counted last.
  int watch = -1;           ///< The number of its watch.
  std::optional<Clock::time_point> missed;  ///< Since when no scan has found it.
  std::uint64_t used = 0;                   ///< When it was served last: a count.
  Clock::time_point quiet;                  ///< While it holds lines: when they are a record.
  Clock::time_point until;                  ///< While it leaves: when it ends.

 private:
  std::optional<Served> look();
  bool start();
  void begin_anew();
  void jump_to_end();
  std::uint64_t line_at(std::uint64_t offset);
  bool name_part(Feed& feed, const Stop& stop);

  const FileId id_;
  std::string path_;
  const Rules& rules_;
  const bool plain_;
  Fd fd_;  ///< Until there is a reader, which then has it.
  std::optional<SerialReader> reader_;
  Head head_;
  std::optional<std::uint32_t> part_;  ///< Once the feed knows of it.
  std::optional<std::uint64_t> behind_;
  std::uint64_t at_ = 0;        ///< Where the next read begins, while it is closed.
  std::uint64_t line_ = 0;      ///< The line there, once it has ended.
  struct timespec changed_ {};  ///< When the file had changed, as it was served last,
  off_t size_ = -1;             ///< and its size.
  bool open_ = false;
  bool ending_ = false;
  bool settles_ = false;  ///< The end is none: it goes on.
  bool anew_ = false;     ///< It begins anew when it has ended: it was truncated.
};

}  // namespace weir::stages::file
