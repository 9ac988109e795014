#pragma once

#include <memory>
#include <string>
#include <vector>

#include "weir/field_type.h"
#include "weir/registry.h"

namespace re2 {
class RE2;
}

namespace weir {

enum class OnMismatch : std::uint8_t { drop, keep, error };
template <>
struct EnumNames<OnMismatch> {
  static constexpr std::string_view names[] = {"drop", "keep", "error"};
};

struct RegexMatchOptions {
  std::string pattern;
  Field field;
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
  /// RE2 builds its automaton behind a lock as it goes: each call has a copy of its own.
  struct Scratch {
    explicit Scratch(const RegexMatch& stage);
    ~Scratch();
    std::unique_ptr<re2::RE2> regex;
  };

  explicit RegexMatch(const RegexMatchOptions& options);
  ~RegexMatch() override;
  void process(Record& record, Call& call) const override;

  static Kinds kinds(const RegexMatchOptions& options);

 private:
  struct Group {
    std::string name;
    int number = 0;
    FieldType type = FieldType::text;
  };

  void find_groups(const re2::RE2& regex);

  RegexMatchOptions options_;
  std::vector<Group> groups_;  ///< The named ones, from left to right.
  int matches_ = 0;            ///< How many groups must be taken: up to the last named one.
};

}  // namespace weir
