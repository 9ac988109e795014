#pragma once

#include <string>

#include "stages/parse/member_types.h"
#include "stages/parse/pair_reader.h"
#include "weir/result.h"
#include "weir/stage.h"

namespace weir::stages::parse {

/// The options of `logfmt.parse`, and what all parsers of this family take.
struct ParserOptions : ResultOptions {
  OptionMap<FieldType> types;
};

/// Declares what all parsers of this family take.
inline constexpr auto typed_parser_options = [](auto& builder) {
  builder.declare(parser_options)
      .optional("types", &ParserOptions::types,
                "members that are no text; an empty one of those is null");
};

/// The options of `kv.parse`.
struct KvOptions : ParserOptions {
  std::string separator = " ";
  std::string assign = "=";
  std::string quote = "\"";
};

/// Makes fields of keys and values; one of these makes both types.
///
/// Example:
///   - uses: kv.parse
///     with: { separator: ";", assign: ":" }
class Pairs : public Transform {
 public:
  void process(Record& record, Call& call) const override;

 protected:
  Pairs(const ParserOptions& options, PairRules rules)
      : place_(options), types_(options.types), rules_(std::move(rules)), ends_(rules_) {}

 private:
  ResultPlace place_;
  MemberTypes types_;
  PairRules rules_;
  PairEnds ends_;
};

class LogfmtParse final : public Pairs {
 public:
  explicit LogfmtParse(const ParserOptions& options) : Pairs(options, {.kind = "logfmt"}) {}
};

class KvParse final : public Pairs {
 public:
  /// Throws OptionError.
  explicit KvParse(const KvOptions& options) : Pairs(options, rules_of(options)) {}

 private:
  static PairRules rules_of(const KvOptions& options);
};

}  // namespace weir::stages::parse
