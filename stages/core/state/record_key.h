#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/record.h"

namespace weir::stages::core {

/// The key of a record as its stage keeps it: its identity, which tells it from others
/// (`append_key`), and how its numbers were written, if one of them was not written as its value
/// would be (19.90, 1E5). The first record of a key decides how the key is written in the output.
class RecordKey {
 public:
  void read(const Record& record, const std::vector<Field>& fields);

  /// Returns the whole key, to be kept. It begins with the identity; no identity is a prefix of
  /// another.
  std::string_view code() const { return code_; }
  std::string_view identity() const { return std::string_view(code_).substr(0, identity_size_); }

  /// Returns the identity in a `code` with this number of fields.
  static std::string_view identity_of(std::string_view code, std::size_t fields);

  /// Calls `each(index of the field, value)` for the values in a `code`, whose bytes they share.
  template <class Each>
  static void values(std::string_view code, std::size_t fields, Each&& each) {
    const std::string_view written = code.substr(identity_of(code, fields).size());
    std::string_view rest = written.empty() ? code : written;
    for (std::size_t field = 0; field < fields; ++field) each(field, take_value(rest));
  }

 private:
  /// Takes the first value off `rest` and returns it.
  static Value take_value(std::string_view& rest);

  std::string code_;
  std::size_t identity_size_ = 0;
};

}  // namespace weir::stages::core
