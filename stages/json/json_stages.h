#pragma once

#include <vector>

#include "stages/json/field_reader.h"
#include "weir/stage.h"

namespace weir {

/// Parses the record's text, a JSON object, into its fields.
///
/// Example:
///   - uses: json.parse
class JsonParse final : public Transform {
 public:
  void process(Record& record, Call& call) const override;
};

struct JsonFormatOptions {
  std::vector<Field> columns;
};

/// Makes the record's text one line of JSON from its fields.
///
/// Example:
///   - uses: json.format
///     with: { columns: [time, status] }
class JsonFormat final : public Transform {
 public:
  explicit JsonFormat(const JsonFormatOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  template <class Visit>
  void each(const Record& record, Visit&& visit) const;
  /// Makes the text in `size` bytes; false if it takes more.
  bool write(Record& record, std::size_t size) const;

  std::vector<Field> columns_;
};

}  // namespace weir
