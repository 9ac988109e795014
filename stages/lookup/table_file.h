#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/field_type.h"
#include "weir/file_use.h"
#include "weir/options.h"
#include "weir/stage.h"

namespace weir::stages::lookup {

enum class TableFormat : std::uint8_t { automatic, csv, ndjson };

/// The options about the file of a table; those of CSV are handed on to csv.parse.
struct TableFileOptions {
  std::string path;
  TableFormat format = TableFormat::automatic;
  std::optional<std::string> delimiter;
  std::optional<std::string> quote;
  OptionMap<FieldType> types;
};

/// The file of a table. It is read by the types that read files, so whatever they can read may be
/// a table.
class TableFile {
 public:
  /// Throws OptionError.
  explicit TableFile(const TableFileOptions& options);

  std::vector<FileUse> files() const;
  const std::string& path() const { return options_.path; }
  /// Hands each row to `take`, as a record with fields, one at a time and in order. `memory`: the
  /// bytes that may be used meanwhile. Throws Error, also what `take` throws, with the place.
  void read(Context& context, std::uint64_t memory,
            const std::function<void(const Record&)>& take) const;

 private:
  std::vector<SideStage> stages() const;

  TableFileOptions options_;
};

}  // namespace weir::stages::lookup

namespace weir {

template <>
struct EnumNames<stages::lookup::TableFormat> {
  static constexpr std::string_view names[] = {"auto", "csv", "ndjson"};
};

}  // namespace weir
