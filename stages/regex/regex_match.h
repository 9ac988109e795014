#pragma once

#include <memory>
#include <string>
#include <vector>

#include "stages/regex/pattern.h"
#include "stages/regex/search_pattern.h"
#include "weir/field_type.h"
#include "weir/registry.h"
#include "weir/result.h"

namespace re2 {
class RE2;
}

namespace weir::stages::regex {

enum class OnMismatch : std::uint8_t { drop, keep, error };
/// The options of `regex.match`.
struct RegexMatchOptions : ResultOptions {
  SearchPattern pattern;
  bool invert = false;
  OptionMap<FieldType> types;
  OnMismatch on_mismatch = OnMismatch::drop;
};

/// Keeps the records that match a regular expression; its named groups become fields.
///
/// Example:
///   - uses: regex.match
///     with: { pattern: '^(?P<ip>\S+)', types: { ip: text } }
class RegexMatch final : public Transform {
 public:
  /// A copy of the pattern for each call: RE2 builds its automaton during the match, behind a lock.
  struct Scratch {
    explicit Scratch(const RegexMatch& stage);
    Matcher matcher;
    ResultWriter result;
  };

  explicit RegexMatch(const RegexMatchOptions& options);
  ~RegexMatch() override;
  void process(Record& record, Call& call) const override;

  static Kinds kinds(const RegexMatchOptions& options);

 private:
  struct Group {
    std::string name;
    std::string field;  ///< The name of what it becomes.
    int number = 0;
    FieldType type = FieldType::text;
  };

  void find_groups(const re2::RE2& regex);

  RegexMatchOptions options_;
  ResultPlace place_;
  std::vector<Group> groups_;  ///< The named groups, from left to right.
  int matches_ = 0;            ///< The number of groups to capture, up to the last named one.
};

}  // namespace weir::stages::regex

namespace weir {

template <>
struct EnumNames<stages::regex::OnMismatch> {
  static constexpr std::string_view names[] = {"drop", "keep", "error"};
};

}  // namespace weir
