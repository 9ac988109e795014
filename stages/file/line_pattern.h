#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace weir::stages::file {

/// Returns whether a text is a pattern; if not, says why and where in it. `offset` stays as it is
/// if the place is not known.
bool is_pattern(const std::string& text, std::string& problem, std::size_t& offset);

/// A pattern that one thread searches in lines. As in `regex.match`, a line that is not UTF-8 is
/// searched by bytes.
class LineMatcher {
 public:
  /// `pattern` must compile.
  explicit LineMatcher(const std::string& pattern);
  ~LineMatcher();

  /// Returns whether the pattern is found in the first `size` bytes of `line`. Only the end of
  /// `line` is an end to the pattern.
  bool found(std::string_view line, std::size_t size);

 private:
  const std::string& source_;
  unsigned char least_ = 0;  ///< Of the ASCII characters, those with which a line that matches may
  unsigned char most_ = 0;   ///< begin; 0: any.
  std::unique_ptr<re2::RE2> characters_;
  std::unique_ptr<re2::RE2> bytes_;  ///< Made when it is first needed.
};

/// The pattern by whose lines records of several lines are told apart. Threads take turns with its
/// matchers, since all searches with one RE2 take the same lock.
class LinePattern {
 public:
  /// What a line does that matches: it begins a record, continues one, or ends one.
  enum class Role : std::uint8_t { begin, continues, end };

  /// `pattern` must compile.
  LinePattern(Role role, std::string pattern);
  ~LinePattern();

  Role role() const { return role_; }
  /// Returns whether the pattern is found in every line.
  bool matches_every_line() const;

  std::unique_ptr<LineMatcher> take_matcher();
  void give_back(std::unique_ptr<LineMatcher> matcher);

  /// Taken by the one thread that holds a line longer than `kUsualLine`.
  std::mutex& long_line() { return long_line_; }

  static constexpr std::size_t kUsualLine = std::size_t{64} * 1024;

 private:
  Role role_;
  std::string pattern_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<LineMatcher>> unused_;  ///< Guarded by `mutex_`.
  std::mutex long_line_;
};

}  // namespace weir::stages::file
