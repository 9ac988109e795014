#pragma once

// The files of W5's C++ peers: ranges of the log in, their CSV out in order.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/peers/access_csv.h"
#include "bench/program.h"

namespace bench {

/// Hands out ranges of the log and writes their CSV.
class AccessFiles {
 public:
  explicit AccessFiles(const Arguments& arguments)
      : input_(::open(arguments.text("--input", "").c_str(), O_RDONLY)),
        output_(
            ::open(arguments.text("--output", "").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666)) {
    struct stat status {};
    good_ = input_ >= 0 && output_ >= 0 && ::fstat(input_, &status) == 0;
    if (!good_) std::perror("input or output");
    size_ = static_cast<std::uint64_t>(status.st_size);
    write(kCsvHeader);
  }

  bool next(Range& range) {
    range.begin = next_;
    next_ = range.end = std::min(next_ + kRange, size_);
    return range.begin < range.end;
  }
  void work(Range& range) const { convert(input_, range); }
  void take(const Range& range) {
    write(range.out);
    lines_ += range.lines;
  }

  bool good() const { return good_; }
  std::uint64_t lines() const { return lines_; }

 private:
  void write(std::string_view text) {
    while (good_ && !text.empty()) {
      const ssize_t n = ::write(output_, text.data(), text.size());
      good_ = n > 0;
      if (good_) text.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  int input_;
  int output_;
  bool good_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace bench
