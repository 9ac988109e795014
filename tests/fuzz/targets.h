#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "weir/registry.h"

namespace weir::fuzz {

/// What each fuzz target does to one input: it looks at it through the piece of weir that it is
/// named after. A crash, a sanitizer's report, a hang or a `Broken` is a finding.
void yaml(std::string_view bytes);
void expression(std::string_view bytes);
void text_template(std::string_view bytes);
void json(std::string_view bytes);
void csv(std::string_view bytes);
void regex(std::string_view bytes);
void parse(std::string_view bytes);
void time(std::string_view bytes);
void framing(std::string_view bytes);
void ranges(std::string_view bytes);
void json_framing(std::string_view bytes);
void codec(std::string_view bytes);
void exec(std::string_view bytes);

struct Target {
  std::string_view name;
  void (*run)(std::string_view bytes);
};
const std::vector<Target>& targets();

/// What must hold does not.
struct Broken final : std::logic_error {
  using std::logic_error::logic_error;
};
inline void expect(bool holds, const std::string& what) {
  if (!holds) throw Broken(what);
}

/// All built-in types.
const Registry& builtin_types();

/// Takes the input apart, from its front.
class Bytes {
 public:
  explicit Bytes(std::string_view left) : left_(left) {}
  /// 0 behind the end.
  unsigned char byte() {
    if (left_.empty()) return 0;
    const char first = left_.front();
    left_.remove_prefix(1);
    return static_cast<unsigned char>(first);
  }
  /// Up to the next line break, which it takes as well.
  std::string line() {
    const std::string_view line = left_.substr(0, left_.find('\n'));
    left_.remove_prefix(std::min(line.size() + 1, left_.size()));
    return std::string(line);
  }
  std::string_view rest() const { return left_; }
  bool empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

}  // namespace weir::fuzz
