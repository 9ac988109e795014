#pragma once

#include <string>
#include <vector>

#include "weir/stage.h"

namespace weir::stages::csv {

/// The options of `csv.format`.
struct CsvFormatOptions {
  std::vector<Field> columns;
  bool header = true;
  std::string delimiter = ",";
};

/// Makes the record's text one CSV record from some of its fields.
///
/// Example:
///   - uses: csv.format
///     with: { columns: [time, path, status] }
class CsvFormat final : public Transform {
 public:
  /// The values of the current record, each looked up once.
  using Scratch = std::vector<Value>;

  explicit CsvFormat(const CsvFormatOptions& options);
  void begin(Call& call) const override;
  void process(Record& record, Call& call) const override;

 private:
  template <class Get>
  void write(Record& record, std::vector<Value>& values, Get&& get) const;
  char* write_text(std::string_view text, char* out) const;
  char* write_value(const Value& value, char* out) const;
  bool needs_quotes(std::string_view text) const;

  std::vector<Field> columns_;
  bool header_;
  char delimiter_;
};

}  // namespace weir::stages::csv
