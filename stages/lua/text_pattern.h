#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "stages/lua/meter.h"

namespace weir::stages::lua {

/// Matches a pattern of Lua (`%d+`, `.-`, `%b()`). Such patterns are matched by backtracking, which
/// in the worst case takes time exponential in the pattern, so each try is a step of a meter. The
/// result is that of LuaJIT's own string.find, which cannot be interrupted.
///
/// It has no destructor to run and throws nothing, since errors of Lua may leave the frames that it
/// is in.
class TextPattern {
 public:
  static constexpr int kMaxCaptures = 32;
  enum : std::ptrdiff_t { kOpen = -1, kPosition = -2 };
  /// A part of the text that the pattern captures.
  struct Capture {
    const char* begin;
    std::ptrdiff_t size;  ///< The size in bytes, or kOpen or kPosition.
  };

  TextPattern(std::string_view text, std::string_view pattern, Meter& meter)
      : text_(text.data()),
        end_(text.data() + text.size()),
        pattern_end_(pattern.data() + pattern.size()),
        pattern_(pattern.data()),
        meter_(meter) {}

  /// Returns where the match that begins at `at` ends; null if there is none, or something is
  /// wrong.
  const char* match(const char* at);
  /// Returns what is wrong with the pattern, or that the steps are used up; null if nothing is.
  const char* problem() const { return problem_; }

  int captures() const { return count_; }
  const Capture& capture(int index) const { return captures_[static_cast<std::size_t>(index)]; }

  /// Returns whether `pattern` is more than the text that it matches.
  static bool is_special(std::string_view pattern) {
    return pattern.find_first_of("^$*+?.([%-") != std::string_view::npos;
  }

 private:
  const char* run(const char* at, const char* pattern);
  const char* run_here(const char* at, const char* pattern);
  const char* run_capture(const char* at, const char* pattern);
  const char* longest(const char* at, const char* item, const char* behind);
  const char* shortest(const char* at, const char* item, const char* behind);
  bool escaped(const char*& at, const char*& pattern);
  const char* balanced(const char* at, const char* pattern);
  const char* frontier(const char* at, const char* pattern);
  const char* again(const char* at, char digit);
  const char* behind_item(const char* pattern);
  bool fits(const char* at, const char* item, const char* behind);
  bool in_set(unsigned char c, const char* set, const char* last);
  const char* fail(const char* problem) {
    if (!problem_) problem_ = problem;
    return nullptr;
  }
  bool step(std::int64_t steps = 1) {
    const char* problem = meter_.take(steps);
    if (problem) fail(problem);
    return !problem_;
  }

  const char* text_;
  const char* end_;
  const char* pattern_end_;
  const char* pattern_;
  Meter& meter_;
  const char* problem_ = nullptr;
  int depth_ = 0;
  int count_ = 0;
  std::array<Capture, kMaxCaptures> captures_;
};

}  // namespace weir::stages::lua
