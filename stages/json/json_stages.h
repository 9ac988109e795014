#pragma once

#include <vector>

#include "stages/json/field_reader.h"
#include "weir/registry.h"

namespace weir::stages::json {

enum class JsonBlank : std::uint8_t { drop, error };
/// The options of `json.parse`.
struct JsonParseOptions {
  JsonBlank on_blank = JsonBlank::drop;
};

/// Parses the record's text, a JSON object, into its fields.
///
/// Example:
///   - uses: json.parse
class JsonParse final : public Transform {
 public:
  explicit JsonParse(const JsonParseOptions& options)
      : drop_blank_(options.on_blank == JsonBlank::drop) {}
  void process(Record& record, Call& call) const override;

 private:
  bool drop_blank_;
};

/// The options of `json.format`.
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
  /// Makes the text in `size` bytes. Returns false if it takes more.
  bool write(Record& record, std::size_t size) const;

  std::vector<Field> columns_;
};

}  // namespace weir::stages::json

namespace weir {

template <>
struct EnumNames<stages::json::JsonBlank> {
  static constexpr std::string_view names[] = {"drop", "error"};
};

}  // namespace weir
