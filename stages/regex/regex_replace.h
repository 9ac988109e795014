#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stages/regex/pattern.h"
#include "stages/regex/search_pattern.h"
#include "weir/registry.h"

namespace weir::stages::regex {

/// The replacement of a match, as a language of `fill`. A backslash in a value is a backslash.
class ReplacementLanguage {
 public:
  static constexpr const char* kName = "text";

  void code(std::string_view piece) {
    for (const char c : piece) escape_ = c == '\\' && !escape_;
  }
  bool value(const Insert& insert, std::string_view value, std::string& out);
  std::string problem;
  std::string hint;

 private:
  bool escape_ = false;  ///< True after a backslash.
};

/// The options of `regex.replace`.
struct RegexReplaceOptions {
  SearchPattern pattern;
  Code<ReplacementLanguage> to;
  Field field;
  bool all = true;
};

/// Replaces what matches a regular expression, in the text or in a field.
///
/// Example:
///   - uses: regex.replace
///     with: { pattern: '\d+', to: 'N' }
class RegexReplace final : public Transform {
 public:
  /// The pattern, a copy for each call as in RegexMatch, and the buffer for the new text.
  struct Scratch {
    explicit Scratch(const RegexReplace& stage);
    Matcher matcher;
    std::string made;
  };

  explicit RegexReplace(const RegexReplaceOptions& options);
  void process(Record& record, Call& call) const override;

  static Kinds kinds(const RegexReplaceOptions& options);

 private:
  bool replace(std::string_view subject, std::size_t limit, Scratch& scratch,
               const Call& call) const;

  RegexReplaceOptions options_;
};

}  // namespace weir::stages::regex
