#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "weir/detail/text_hash.h"
#include "weir/field_type.h"
#include "weir/stage.h"

namespace weir::stages::csv {

enum class Ragged : std::uint8_t { error, fill };
enum class CsvBlank : std::uint8_t { drop, error };
/// The options of `csv.parse`.
struct CsvParseOptions {
  std::vector<std::string> columns;
  std::optional<bool> header;
  std::string delimiter = ",";
  OptionMap<FieldType> types;
  Ragged ragged = Ragged::error;
  CsvBlank on_blank = CsvBlank::drop;

  bool has_header() const { return header.value_or(columns.empty()); }
};

/// The names and types of the columns of a part.
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
  /// The columns of the current part and of those before. Fields refer to the names, also in
  /// records that left long ago, so none is freed before the run ends. Parts with the same header
  /// share theirs.
  struct Scratch {
    std::uint32_t part = 0;
    const CsvColumns* current = nullptr;
    std::unordered_map<std::string, std::unique_ptr<CsvColumns>, detail::TextHash> known;
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
  CsvColumns columns_;  ///< Unused if the header of each part names the columns.
};

/// Returns the option `delimiter` as a character. Throws OptionError.
char csv_delimiter(const std::string& text);

}  // namespace weir::stages::csv

namespace weir {

template <>
struct EnumNames<stages::csv::Ragged> {
  static constexpr std::string_view names[] = {"error", "fill"};
};

template <>
struct EnumNames<stages::csv::CsvBlank> {
  static constexpr std::string_view names[] = {"drop", "error"};
};

}  // namespace weir
