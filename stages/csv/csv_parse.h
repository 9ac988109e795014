#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/field_type.h"
#include "weir/stage.h"

namespace weir {

enum class Ragged : std::uint8_t { error, fill };
template <>
struct EnumNames<Ragged> {
  static constexpr std::string_view names[] = {"error", "fill"};
};

struct CsvParseOptions {
  std::vector<std::string> columns;
  std::optional<bool> header;
  std::string delimiter = ",";
  OptionMap<FieldType> types;
  Ragged ragged = Ragged::error;

  bool has_header() const { return header.value_or(columns.empty()); }
};

/// What the columns of a part are called and made into.
struct CsvColumns {
  std::vector<std::string> names;
  std::vector<FieldType> types;
};

/// Parses the record's text, one CSV record, into fields.
///
/// Example:
///   - uses: csv.parse
///     with: { types: { amount: number } }
class CsvParse final : public Transform {
 public:
  /// The columns of the part that the call met last. Fields refer to the names, also in records
  /// that went on long ago, so none is ever freed before the run ends; parts with the same header
  /// share theirs.
  struct Scratch {
    std::uint32_t part = 0;
    const CsvColumns* current = nullptr;
    std::vector<std::pair<std::string, std::unique_ptr<CsvColumns>>> known;
  };

  explicit CsvParse(const CsvParseOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  CsvColumns make_columns(std::vector<std::string> names) const;
  CsvColumns read_header(std::string_view header) const;
  const CsvColumns& columns_of(const Record& record, Scratch& scratch) const;
  bool fill_fields(Record& record, const CsvColumns& columns) const;

  CsvParseOptions options_;
  char delimiter_;
  bool from_header_;
  CsvColumns columns_;  ///< Unless each part's header names them.
};

/// The option `delimiter` as a character; throws OptionError.
char csv_delimiter(const std::string& text);

}  // namespace weir
