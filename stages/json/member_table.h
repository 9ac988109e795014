#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weir/record.h"

namespace weir {

/// The fields of a record that are put together from those of another and an object's members: a
/// name that is there already gets the new value in its place. A plain search while there are few,
/// a hash table from then on, for an object with a hundred thousand members must not take the
/// square of that.
class MemberTable {
 public:
  /// Begins with the fields of `record` but the one named `without`.
  void begin(const Record& record, std::string_view without);
  /// Name and bytes of the value must live in the batch.
  void set(std::string_view name, Value value);
  /// Makes these the fields of `record`.
  void store(Record& record);

 private:
  void append(std::string_view name, Value value);
  detail::FieldSlot* find(std::string_view name);
  void fill_places();

  std::vector<detail::FieldSlot> slots_;
  std::unordered_map<std::string_view, std::uint32_t> places_;  ///< Empty while there are few.
};

}  // namespace weir
