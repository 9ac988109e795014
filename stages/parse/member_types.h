#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "weir/detail/text_hash.h"
#include "weir/field_type.h"
#include "weir/in_quotes.h"
#include "weir/options.h"

namespace weir::stages::parse {

/// The option `types` of a parser: which of its members are no text.
class MemberTypes {
 public:
  explicit MemberTypes(const OptionMap<FieldType>& types) {
    for (const auto& [name, type] : types) types_[name] = type;
  }

  /// Returns the type of a member.
  FieldType of(std::string_view member) const {
    const auto found = types_.empty() ? types_.end() : types_.find(member);
    return found == types_.end() ? FieldType::text : found->second;
  }
  /// Returns the text as a value of the member's type. Throws Error of `kind` if it is none.
  Value value(std::string_view kind, std::string_view member, std::string_view text) const {
    return value(kind, member, of(member), text);
  }
  static Value value(std::string_view kind, std::string_view member, FieldType type,
                     std::string_view text) {
    Value value(text);
    if (type == FieldType::text || read_as(type, text, value)) return value;
    throw Error(std::string(kind), "field " + in_quotes(member) + ": " + mistyped(type, text),
                false);
  }

 private:
  std::unordered_map<std::string, FieldType, detail::TextHash, std::equal_to<>> types_;
};

}  // namespace weir::stages::parse
