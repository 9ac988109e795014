#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace weir::stages::lua {

/// The patterns with which `matches(s, re)` was called, compiled once each. As in `regex.match`, a
/// text that is not UTF-8 is matched by bytes. Not for use by two threads.
class Patterns {
 public:
  Patterns();
  ~Patterns();

  /// Returns false and fills `problem` if `pattern` is no regular expression, or if it needs UTF-8
  /// and `text` is none.
  bool matches(std::string_view text, std::string_view pattern, bool& result);
  /// Finds the first group of the first match, or the match where there is no group; its data is
  /// null if nothing matches. Returns false and fills `problem` as `matches` does.
  bool extract(std::string_view text, std::string_view pattern, std::string_view& found);
  /// Makes `text` with each match replaced by `to`, in which \1 is the first group. Returns false
  /// and fills `problem` as `matches` does, or if `to` is no replacement.
  bool replace(std::string_view text, std::string_view pattern, std::string_view to,
               std::string& made);
  /// Returns whether `to` may stand for matches of `pattern`.
  bool check_replacement(std::string_view pattern, std::string_view to);
  const std::string& problem() const { return problem_; }

 private:
  // Patterns that are made from records must not pile up.
  static constexpr std::size_t kKept = 64;

  struct Known;

  Known* find(std::string_view pattern);
  const re2::RE2* regex_for(std::string_view text, std::string_view pattern);

  std::vector<Known> known_;
  std::string problem_;
};

}  // namespace weir::stages::lua
