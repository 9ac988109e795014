#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/record.h"

namespace weir {

/// Numbers the distinct keys of records 0, 1, 2... as they first appear. A key is the values of
/// some fields as `append_key` tells them apart; a missing field is null.
/// All keys stand encoded in one string, so that one costs its bytes and about 20 more.
class KeyTable {
 public:
  /// The number of the record's key, a new one if it is new.
  std::uint32_t number(const Record& record, std::span<const Field> fields);

  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }

  /// Calls `each(index, value)` for the values of key `number`; texts live until the next
  /// `number`.
  template <class Each>
  void values(std::uint32_t number, Each&& each) const {
    std::string_view rest = key(number);
    for (std::size_t index = 0; !rest.empty(); ++index) each(index, decode(rest));
  }

 private:
  static Value decode(std::string_view& rest);

  std::string_view key(std::uint32_t number) const {
    const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(bytes_).substr(begin, ends_[number] - begin);
  }
  void grow();

  std::string bytes_;
  std::vector<std::uint64_t> ends_;   ///< Of each key in bytes_.
  std::vector<std::uint32_t> slots_;  ///< Open addressing: a key's number + 1, or 0.
  std::string wanted_;
};

}  // namespace weir
