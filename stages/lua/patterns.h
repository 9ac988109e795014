#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace re2 {
class RE2;
}

namespace weir::lua {

/// The patterns that `matches(s, re)` was called with, compiled once each. Not for two threads.
class Patterns {
 public:
  Patterns();
  ~Patterns();

  /// False, and `problem` filled, if `pattern` is no regular expression.
  bool matches(std::string_view text, std::string_view pattern, bool& result);
  const std::string& problem() const { return problem_; }

 private:
  // Patterns that are made from records must not pile up.
  static constexpr std::size_t kKept = 64;

  const re2::RE2* find(std::string_view pattern);

  std::vector<std::pair<std::string, std::unique_ptr<re2::RE2>>> known_;
  std::string problem_;
};

}  // namespace weir::lua
