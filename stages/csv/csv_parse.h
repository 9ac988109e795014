#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "stages/csv/columns.h"
#include "stages/csv/dialect.h"
#include "weir/detail/text_hash.h"
#include "weir/result.h"
#include "weir/stage.h"

namespace weir::stages::csv {

enum class Ragged : std::uint8_t { error, fill, cut, fit };
enum class CsvBlank : std::uint8_t { drop, error };
/// The options of `csv.parse`.
struct CsvParseOptions : ResultOptions {
  std::vector<std::string> columns;
  std::optional<bool> header;
  std::string delimiter = ",";
  std::string quote = "\"";
  bool lazy = false;
  std::optional<std::string> comment;
  OptionMap<FieldType> types;
  Ragged ragged = Ragged::error;
  Duplicates duplicates = Duplicates::error;
  CsvBlank on_blank = CsvBlank::drop;

  bool has_header() const { return header.value_or(columns.empty()); }
};

/// Parses CSV, the record's text or a field, into fields or into one field.
///
/// Example:
///   - uses: csv.parse
///     with: { delimiter: auto, types: { amount: number } }
class CsvParse final : public Transform {
 public:
  /// What is known of the current part and of those before. Fields refer to the columns' names,
  /// also in records that left long ago, so none is freed before the run ends. Parts with the same
  /// header share theirs.
  struct Scratch {
    std::uint32_t part = 0;
    const Columns* current = nullptr;
    char delimiter = '\0';  ///< That of the current part; NUL: each text says its own.
    std::unordered_map<std::string, std::unique_ptr<Columns>, detail::TextHash> known;
    ResultWriter result;
  };

  explicit CsvParse(const CsvParseOptions& options);
  void process(Record& record, Call& call) const override;

  /// What the stage wants of the source above it.
  static Framing framing(const CsvParseOptions& options);

 private:
  void check(const CsvParseOptions& options) const;
  Columns read_header(std::string_view header, const Dialect& dialect) const;
  void look_up(const Record& record, Scratch& scratch) const;
  bool parse(Record& record, std::string_view text, const Dialect& dialect, const Columns& columns,
             ResultWriter* result) const;
  bool check_width(Record& record, std::size_t count, std::size_t width) const;
  void fail(Record& record, std::string message) const;

  ResultPlace place_;
  Dialect dialect_;
  OptionMap<FieldType> types_;
  std::string comment_;
  bool fill_, cut_;
  Duplicates duplicates_;
  bool drop_blank_;
  bool from_text_;
  bool from_header_;
  bool by_part_;     ///< True if a part says the columns or the delimiter.
  Columns columns_;  ///< Unused if the header of each part names the columns.
};

}  // namespace weir::stages::csv

namespace weir {

template <>
struct EnumNames<stages::csv::Ragged> {
  static constexpr std::string_view names[] = {"error", "fill", "cut", "fit"};
};

template <>
struct EnumNames<stages::csv::CsvBlank> {
  static constexpr std::string_view names[] = {"drop", "error"};
};

}  // namespace weir
