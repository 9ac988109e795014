#pragma once

// W4 for peers. The input is a file of lines `number,milliseconds`. Each line is written again, in
// order, once its time has passed. At most `width` lines wait at a time, and no line begins to wait
// if it is more than `window` lines ahead of the oldest unwritten one.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "bench/program.h"

namespace bench {

/// The lines of the input, and the output.
class Waits {
 public:
  explicit Waits(const Arguments& arguments)
      : width(arguments.number("--width", 1000)),
        window(arguments.number("--window", 2 * width)),
        output_(arguments.text("--output", "/dev/null")) {
    std::ifstream in(arguments.text("--input", ""), std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(in), {});
    const std::string_view text = text_;
    for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
      end = text.find('\n', begin);
      lines_.push_back(text.substr(begin, end - begin + 1));
    }
    out_.reserve(text_.size());
  }

  std::uint64_t count() const { return lines_.size(); }
  std::chrono::nanoseconds time(std::uint64_t item) const {
    const double ms = std::strtod(lines_[item].substr(lines_[item].find(',') + 1).data(), nullptr);
    return std::chrono::nanoseconds(static_cast<std::int64_t>(ms * 1e6));
  }
  void write(std::uint64_t item) { out_ += lines_[item]; }
  bool finish() {
    std::ofstream out(output_, std::ios::binary);
    out << out_;
    return out.flush().good();
  }

  const std::uint64_t width;
  const std::uint64_t window;

 private:
  std::string output_;
  std::string text_;
  std::vector<std::string_view> lines_;
  std::string out_;
};

}  // namespace bench
