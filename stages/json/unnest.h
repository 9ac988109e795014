#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stages/json/array_reader.h"
#include "weir/result.h"
#include "weir/stage.h"

namespace weir::stages::json {

/// The options of `unnest`.
struct UnnestOptions : ResultOptions {
  std::optional<std::string> index_into;
  bool keep_empty = false;
  std::optional<std::string> separator;
};

/// Makes a record of each element of a JSON array, or of each piece of a text between separators,
/// in their order: with the text and the fields of the one that had the array.
///
/// Example:
///   - uses: unnest
///     with: { field: items, into: item, index_into: n, on_missing: drop }
class Unnest final : public Transform {
 public:
  struct Scratch {
    ArrayReader array;
    detail::MemberTable fields;
    detail::PrefixedNames names;
  };

  explicit Unnest(const UnnestOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  bool has_array(Record& record, const Value& value) const;
  void make_room(Record& record) const;
  std::int64_t emit_elements(Record& parent, Call& call) const;
  std::int64_t emit_pieces(Record& parent, std::string_view list, Call& call) const;
  void set_element(Record& child, Value element, std::int64_t index) const;
  void spread(Record& child, std::int64_t index, Scratch& scratch) const;

  ResultPlace place_;
  const Field& field_;
  std::string into_;
  std::string index_into_;  ///< Empty if the index is not wanted.
  bool spread_;             ///< True if the members of an element become fields.
  bool keep_empty_;
  std::optional<std::string> separator_;
};

}  // namespace weir::stages::json
