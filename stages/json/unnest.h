#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stages/json/array_reader.h"
#include "stages/json/member_table.h"
#include "weir/stage.h"

namespace weir {

struct UnnestOptions {
  Field field;
  std::optional<std::string> into;
  std::optional<std::string> index_into;
  bool spread = false;
  bool keep_empty = false;
};

/// Makes a record of each element of a JSON array, in their order: with the text and the fields of
/// the one that had the array.
///
/// Example:
///   - uses: unnest
///     with: { field: items, into: item, index_into: n }
class Unnest final : public Transform {
 public:
  struct Scratch {
    ArrayReader array;
    MemberTable fields;
  };

  explicit Unnest(const UnnestOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  Value array_of(const Record& record) const;
  void make_room(Record& record) const;
  void spread(Record& child, std::int64_t index, Scratch& scratch) const;

  Field field_;
  std::string into_;
  std::string index_into_;  ///< Empty: nowhere.
  bool spread_;
  bool keep_empty_;
};

}  // namespace weir
