#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "weir/detail/text_hash.h"
#include "weir/record.h"

namespace weir::stages::json {

/// The fields of a record, put together from those of another record and the members of an object.
/// A name that is there already gets the new value in its place. Few fields are searched one by
/// one; more get a hash table, since an object with a hundred thousand members must not take
/// quadratic time.
class MemberTable {
 public:
  /// Begins with the fields of `record` except the one named `without`.
  void begin(const Record& record, std::string_view without);
  /// Sets a field. The name and the bytes of the value must live in the batch.
  void set(std::string_view name, Value value);
  /// Replaces the fields of `record` with these.
  void store(Record& record);

 private:
  void append(std::string_view name, Value value);
  detail::FieldSlot* find(std::string_view name);
  void fill_places();

  std::vector<detail::FieldSlot> slots_;
  /// Empty while there are few fields.
  std::unordered_map<std::string_view, std::uint32_t, detail::TextHash> places_;
};

}  // namespace weir::stages::json
