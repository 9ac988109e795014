#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/json/field_reader.h"
#include "weir/registry.h"
#include "weir/result.h"

namespace weir::stages::json {

enum class JsonBlank : std::uint8_t { drop, error };
/// The options of `json.parse`.
struct JsonParseOptions : ResultOptions {
  bool flatten = false;
  JsonBlank on_blank = JsonBlank::drop;
};

/// Parses JSON, the record's text or a field, into fields or into one field.
///
/// Example:
///   - uses: json.parse
///     with: { field: answer, prefix: geo_ }
class JsonParse final : public Transform {
 public:
  explicit JsonParse(const JsonParseOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  void fail(Record& record, std::string message) const;

  ResultPlace place_;
  bool flatten_;
  bool drop_blank_;
};

enum class JsonInvalid : std::uint8_t { keep, replace, error };
/// The options of `json.format`.
struct JsonFormatOptions {
  std::vector<Field> columns;
  std::optional<std::int64_t> indent;
  JsonInvalid on_invalid = JsonInvalid::replace;
};

/// Makes the record's text JSON from its fields: one line, unless it is to be indented.
///
/// Example:
///   - uses: json.format
///     with: { columns: [time, status] }
class JsonFormat final : public Transform {
 public:
  explicit JsonFormat(const JsonFormatOptions& options);
  void open(Context& context) override;
  void process(Record& record, Call& call) const override;

 private:
  template <class Visit>
  void each(const Record& record, Visit&& visit) const;
  /// Makes the text in `size` bytes. Returns false if it takes more.
  bool write(Record& record, std::size_t size) const;
  void write_indented(Record& record) const;

  bool settle(Record& record, std::uint64_t invalid) const;

  std::vector<Field> columns_;
  std::optional<std::int64_t> indent_;
  JsonInvalid on_invalid_;
  Counter* invalid_ = nullptr;  ///< The bytes that were not UTF-8.
};

}  // namespace weir::stages::json

namespace weir {

template <>
struct EnumNames<stages::json::JsonInvalid> {
  static constexpr std::string_view names[] = {"keep", "replace", "error"};
};

template <>
struct EnumNames<stages::json::JsonBlank> {
  static constexpr std::string_view names[] = {"drop", "error"};
};

}  // namespace weir
