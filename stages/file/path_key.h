#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stages/file/path_template.h"
#include "weir/record.h"

namespace weir::stages::file {

/// Reads of a record what decides its path: the values of the path's fields, without the checks of
/// PathTemplate::make. Of the records with one key either all pass these and have one path, or none
/// does.
class PathKey {
 public:
  struct Key {
    std::string_view text;
    bool lasts;  ///< `text` lives as long as the record; otherwise until the next call.
  };

  /// Borrows `path`.
  explicit PathKey(const PathTemplate& path);

  /// Forgets what was learned about the records of the last batch.
  void begin_batch() { name_ = nullptr; }
  /// Throws Error "path" if a value is missing or empty, "time" if it should be a time and is none.
  Key of(const Record& record) {
    if (!plain_) return {made(record), false};
    const Value value = value_of(record);
    if (value.type() != ValueType::text || value.as_text().empty()) return {made(record), false};
    return {value.as_text(), true};
  }

 private:
  /// Returns the value of the field of `plain_`.
  Value value_of(const Record& record) {
    if (name_ && at_ < record.field_count()) {
      const FieldView field = record.field(at_);
      if (field.name.data() == name_ && field.name.size() == name_size_) return field.value;
    }
    return search(record);
  }
  Value search(const Record& record);
  std::string_view made(const Record& record);

  const PathTemplate& path_;
  /// The piece, if there is one that reads, a field, which it changes only if there is nothing.
  const Template::Piece* plain_ = nullptr;
  bool single_ = false;  ///< There is one piece that reads.
  std::string made_;
  /// Where the last record of this batch had the field, and the name there. The records of a batch
  /// mostly share their names.
  std::uint32_t at_ = 0;
  const char* name_ = nullptr;
  std::size_t name_size_ = 0;
};

}  // namespace weir::stages::file
