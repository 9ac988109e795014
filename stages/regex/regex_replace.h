#pragma once

#include <memory>
#include <string>

#include "weir/registry.h"

namespace re2 {
class RE2;
}

namespace weir {

struct RegexReplaceOptions {
  std::string pattern;
  std::string to;
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
  /// As of RegexMatch, and what the new text is made in.
  struct Scratch {
    explicit Scratch(const RegexReplace& stage);
    ~Scratch();
    std::unique_ptr<re2::RE2> regex;
    std::string made;
  };

  explicit RegexReplace(const RegexReplaceOptions& options);
  void process(Record& record, Call& call) const override;

  static Kinds kinds(const RegexReplaceOptions& options);

 private:
  bool replace(std::string_view subject, std::size_t limit, Scratch& scratch) const;

  RegexReplaceOptions options_;
};

}  // namespace weir
