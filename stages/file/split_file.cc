#include "stages/file/split_file.h"

#include <algorithm>
#include <cerrno>

#include "stages/file/line_cutter.h"
#include "stages/file/range_cutter.h"
#include "stages/file/range_window.h"

namespace weir::stages::file {
namespace {

/// Subtracts what a load has done from `left`, however the load ends. The last one closes the file.
class Account {
 public:
  Account(const Split& split, std::atomic<std::uint64_t>& left, Fd& fd)
      : split_(split), begin_(split.begin), left_(left), fd_(fd) {}
  ~Account() {
    const std::uint64_t done = std::min(split_.begin, split_.end) - begin_;
    if (done > 0 && left_.fetch_sub(done, std::memory_order_acq_rel) == done) fd_.reset();
  }

 private:
  const Split& split_;
  std::uint64_t begin_;
  std::atomic<std::uint64_t>& left_;
  Fd& fd_;
};

}  // namespace

void SplitFile::start(Fd fd, const std::string& path, std::uint32_t part, std::uint64_t first,
                      std::uint64_t end) {
  fd_ = std::move(fd);
  path_ = path;
  part_ = part;
  first_ = cut_ = first;
  end_ = end;
  left_.store(end - first, std::memory_order_relaxed);
}

Split SplitFile::cut(std::uint64_t size) {
  const std::uint64_t begin = cut_;
  cut_ += std::min(std::max<std::uint64_t>(size, 1), end_ - cut_);
  return {part_, begin, cut_};
}

void SplitFile::read(char* to, std::size_t size, std::uint64_t offset) const {
  const ssize_t n = pread_all(fd_.get(), to, size, offset);
  if (n < 0) throw io_error("read", path_, errno);
  if (static_cast<std::size_t>(n) < size) {
    throw Error("io", "'" + path_ + "' became shorter while it was read");
  }
}

void SplitFile::load(Split& split, Feed& feed, const Rules& rules) {
  const Account account(split, left_, fd_);
  if (rules.unit == Rules::Unit::file) {
    RangeWindow(*this, split, feed, rules).give_alone(first_, end_ - first_);
    split.begin = split.end;
  } else if (rules.unit == Rules::Unit::multiline) {
    LineCutter(*this, split, feed, rules).run();
  } else {
    RangeCutter(*this, split, feed, rules).run();
  }
}

}  // namespace weir::stages::file
