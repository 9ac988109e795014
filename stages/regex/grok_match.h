#pragma once

#include <deque>
#include <string>
#include <vector>

#include "stages/regex/grok_pattern.h"
#include "stages/regex/pattern.h"
#include "stages/regex/regex_match.h"
#include "weir/result.h"

namespace weir::stages::regex {

/// The options of `grok.match`.
struct GrokOptions : ResultOptions {
  std::vector<Pattern> pattern;
  OptionMap<std::string> patterns;
  OnMismatch on_mismatch = OnMismatch::drop;
};

/// Keeps the records that match a pattern of grok, whose named parts become fields.
///
/// Example:
///   - uses: grok.match
///     with: { pattern: '%{IP:client} %{WORD:method} %{NUMBER:seconds:float}' }
class GrokMatch final : public Transform {
 public:
  /// Copies of the patterns for each call, as in RegexMatch.
  struct Scratch {
    explicit Scratch(const GrokMatch& stage);
    std::deque<Matcher> matchers;  ///< Its elements are never moved.
    ResultWriter result;
  };

  /// Throws OptionError.
  explicit GrokMatch(const GrokOptions& options);
  void process(Record& record, Call& call) const override;

  static Kinds kinds(const GrokOptions& options);

 private:
  /// A group of a pattern, and the field that it becomes.
  struct Group {
    std::string name;
    std::string field;  ///< With the prefix.
    int number = 0;
    FieldType type = FieldType::text;
    bool again = false;  ///< True if a group before it has the same name.
  };
  struct Alternative {
    std::string regex;
    std::vector<Group> groups;
    int matches = 0;  ///< How many groups to capture, up to the last of these.
  };

  Alternative compile(const std::string& pattern, const OptionMap<std::string>& own) const;
  bool try_one(std::size_t index, std::string_view subject, Record& record, Scratch& scratch) const;

  ResultPlace place_;
  OnMismatch on_mismatch_;
  std::vector<Alternative> alternatives_;
};

}  // namespace weir::stages::regex
