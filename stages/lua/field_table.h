#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "weir/detail/text_hash.h"
#include "weir/record.h"

namespace weir::stages::lua {

/// The fields of one record, for code that goes through them in a loop. Where there are many, a
/// hash table finds names, and a removed field leaves a hole until `settle`. With the record's own
/// search the loop would take quadratic time.
class FieldTable {
 public:
  /// Begins with `record`, which must stay where it is.
  void begin(Record& record);

  Value get(std::string_view name);
  /// Sets a field. Copies the value's bytes, and the name if it is new. A number that the field has
  /// already stays as it was written.
  void set(std::string_view name, const Value& value);
  void remove(std::string_view name);
  /// Closes the holes. Call it before others look at the record's fields.
  void settle();

 private:
  static constexpr std::uint32_t kFew = 64;
  static constexpr std::uint32_t kNone = 0xffffffff;
  static constexpr std::uint32_t kHole = 0xffffffff;  ///< Marks a hole, in place of a name's size.

  std::uint32_t find(std::string_view name);

  Record* record_ = nullptr;
  using Places = std::unordered_map<std::string_view, std::uint32_t, detail::TextHash>;

  Places places_;
  bool indexed_ = false;
  std::uint32_t holes_ = 0;
};

}  // namespace weir::stages::lua
