#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "weir/kinds.h"
#include "weir/option_scalars.h"
#include "weir/stage.h"

namespace weir::stages::csv {

enum class Quoting : std::uint8_t { needed, always };
/// The options of `csv.format`.
struct CsvFormatOptions {
  std::vector<Field> columns;
  bool header = true;
  std::string delimiter = ",";
  std::string quote = "\"";
  Quoting quoting = Quoting::needed;
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

  /// How what it writes is to be cut.
  static Framing framing(const CsvFormatOptions& options);
  void begin(Call& call) const override;
  void process(Record& record, Call& call) const override;

 private:
  template <class Get>
  void write(Record& record, std::vector<Value>& values, Get&& get) const;
  char* write_text(std::string_view text, char* out) const;
  char* write_value(const Value& value, char* out) const;
  char* write_quoted(const Value& value, char* out) const;
  bool needs_quotes(std::string_view text) const;
  static std::string mistake(std::string_view column, std::string_view text);

  std::vector<Field> columns_;
  bool header_;
  char quote_;    ///< NUL: nothing is quoted.
  char special_;  ///< What is quoted beside delimiter and line break: the quote, if there is one.
  char delimiter_;
  bool always_;  ///< True if each value is quoted.
  /// True if no number has a byte that must be quoted.
  bool plain_numbers_ = true;
};

}  // namespace weir::stages::csv

template <>
struct weir::EnumNames<weir::stages::csv::Quoting> {
  static constexpr std::string_view names[] = {"needed", "always"};
};
