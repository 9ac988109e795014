#include "stages/file/followed_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "stages/file/codec.h"

namespace weir::stages::file {
namespace {

constexpr std::size_t kBlock = std::size_t{64} * 1024;

/// Returns the offset behind the last `delimiter` before `end`; `end` if there is none in reach.
std::uint64_t behind_last(int fd, std::uint64_t end, const std::string& delimiter,
                          std::uint64_t reach) {
  std::vector<char> block(kBlock + delimiter.size());
  for (std::uint64_t to = end; to > 0 && end - to <= reach;) {
    const std::uint64_t from = to - std::min<std::uint64_t>(to, kBlock);
    // A delimiter may stand across the border.
    const std::size_t size = std::min<std::uint64_t>(end, to + delimiter.size() - 1) - from;
    const ssize_t n = pread_all(fd, block.data(), size, from);
    if (n <= 0) return end;
    const std::string_view bytes(block.data(), static_cast<std::size_t>(n));
    const std::size_t found = bytes.rfind(delimiter);
    if (found != bytes.npos) return from + found + delimiter.size();
    if (from == 0) return 0;
    to = from;
  }
  return end;
}

}  // namespace

void FollowedFile::open(Fd fd) {
  if (!reader_) {
    fd_ = std::move(fd);
  } else {
    reader_->stream().descriptor() = std::move(fd);
    if (::lseek(this->fd(), static_cast<off_t>(at_), SEEK_SET) < 0) {
      throw io_error("read", path_, errno);
    }
  }
  open_ = true;
  over = false;
}

void FollowedFile::close() {
  open_ = false;
  if (reader_) {
    Fd& open = reader_->stream().descriptor();
    if (open.valid()) at_ = static_cast<std::uint64_t>(::lseek(open.get(), 0, SEEK_CUR));
    open.reset();
  }
  fd_.reset();
}

bool FollowedFile::changed(const struct stat& info) const {
  return info.st_size != size_ || info.st_ctim.tv_sec != changed_.tv_sec ||
         info.st_ctim.tv_nsec != changed_.tv_nsec;
}

bool FollowedFile::is_still(int fd, const struct stat& info) {
  if (info.st_size < static_cast<off_t>(at_) || !head_.still(fd)) return false;
  changed_ = info.st_ctim;
  size_ = info.st_size;
  return true;
}

void FollowedFile::end() {
  ending_ = true;
  if (reader_) reader_->stream().end_here();
}

void FollowedFile::settle() {
  settles_ = true;
  end();
}

/// Looks whether the file is still what it was. Returns what is the matter, if anything.
std::optional<FollowedFile::Served> FollowedFile::look() {
  struct stat info {};
  if (::fstat(fd(), &info) != 0) throw io_error("read", path_, errno);
  changed_ = info.st_ctim;
  size_ = info.st_size;
  const off_t read = reader_ ? ::lseek(fd(), 0, SEEK_CUR) : static_cast<off_t>(at_);
  if (info.st_size >= read && head_.still(fd())) return std::nullopt;
  head_ = {};
  if (!reader_) {
    // It had ended: most likely its number has gone to another file.
    begin_anew();
    return Served::more;
  }
  // Half a line before the truncation is all that can be had of it.
  anew_ = true;
  end();
  return Served::cut;
}

void FollowedFile::begin_anew() {
  if (reader_) fd_ = std::move(reader_->stream().descriptor());
  reader_.reset();
  part_.reset();
  at_ = line_ = 0;
  behind_.reset();
  ending_ = anew_ = settles_ = false;
  if (::lseek(fd_.get(), 0, SEEK_SET) < 0) throw io_error("read", path_, errno);
}

/// Makes the reader, once the first bytes tell that the file is not compressed. Returns false if it
/// is.
bool FollowedFile::start() {
  if (!plain_) {
    char bytes[kMagicSize];
    const ssize_t n = pread_all(fd_.get(), bytes, sizeof bytes, 0);
    if (n < 0) throw io_error("read", path_, errno);
    Detected found;
    const std::string_view head(bytes, static_cast<std::size_t>(n));
    if (!detect_codec(head, ending_, found)) return true;
    if (found.codec != Codec::none || found.foreign) return false;
  }
  InputStream::Options options;
  options.plain = true;
  options.grows = true;
  reader_.emplace(InputStream(std::move(fd_), path_, options), path_, 0, rules_);
  if (ending_) reader_->stream().end_here();
  if (at_ > 0) reader_->jump(at_, line_);
  if (part_) reader_->set_part(*part_);
  return true;
}

void FollowedFile::jump_to_end() {
  const std::string end = rules_.unit == Rules::Unit::delimited ? rules_.delimiter : "\n";
  const std::uint64_t at = behind_last(fd(), *behind_, end, rules_.max_size);
  if (at > 0) reader_->jump(at, line_at(at));
  behind_.reset();
}

/// Returns the line of a byte, for which all before it is read; 0 if lines are not counted.
std::uint64_t FollowedFile::line_at(std::uint64_t offset) {
  if (!rules_.lines) return 0;
  std::uint64_t line = 1;
  std::vector<char> block(4 * kBlock);
  for (std::uint64_t at = 0; at < offset;) {
    const std::size_t size = std::min<std::uint64_t>(block.size(), offset - at);
    const ssize_t n = pread_all(fd(), block.data(), size, at);
    if (n <= 0) throw io_error("read", path_, n < 0 ? errno : EIO);
    line += static_cast<std::uint64_t>(std::count(block.begin(), block.begin() + n, '\n'));
    at += static_cast<std::uint64_t>(n);
  }
  return line;
}

/// Tells the feed of the part. Returns false while its header is not there yet.
bool FollowedFile::name_part(Feed& feed, const Stop& stop) {
  std::optional<Part> part = reader_->take_head(stop, false, false);
  if (!part) return false;
  if (behind_) jump_to_end();
  part_ = feed.begin_part(std::move(*part));
  reader_->set_part(*part_);
  return true;
}

FollowedFile::Served FollowedFile::serve(Feed& feed, const Stop& stop, Wanted& wanted) {
  if (!ending_) {
    if (const auto found = look()) return *found;
  }
  if (!reader_ && !start()) return Served::packed;
  if (!reader_) return ending_ ? Served::over : Served::quiet;
  if (!part_ && !name_part(feed, stop)) return Served::quiet;
  const bool over = reader_->read(feed, stop, wanted);
  if (!over && feed.full()) return Served::more;
  reader_->shrink();
  if (!over) return Served::quiet;
  if (settles_) {
    settles_ = ending_ = false;
    reader_->go_on();
    return Served::more;
  }
  if (anew_) {
    begin_anew();
    return Served::more;
  }
  at_ = static_cast<std::uint64_t>(::lseek(fd(), 0, SEEK_CUR));
  line_ = reader_->line();
  fd_ = std::move(reader_->stream().descriptor());
  reader_.reset();
  ending_ = false;
  return Served::over;
}

}  // namespace weir::stages::file
