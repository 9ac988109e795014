#include "stages/lookup/table_file.h"

#include <algorithm>
#include <utility>

#include "weir/detail/csv_dialect.h"
#include "weir/in_quotes.h"

namespace weir::stages::lookup {
namespace {

constexpr std::string_view kCompressed[] = {".gz", ".zst", ".xz", ".bz2", ".lz4"};

Node scalar(std::string text) {
  Node node;
  node.text = std::move(text);
  node.quoted = true;
  return node;
}

void add(Node& map, std::string key, Node value) {
  map.shape = Node::Shape::map;
  map.entries.push_back({scalar(std::move(key)), std::move(value)});
}

/// Returns the extension below that of a compression: ".csv" for "users.csv.gz".
std::string_view extension_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  for (const std::string_view compressed : kCompressed) {
    if (path.ends_with(compressed)) path.remove_suffix(compressed.size());
  }
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? std::string_view() : path.substr(dot);
}

TableFormat format_of(const std::string& path) {
  const std::string_view extension = extension_of(path);
  if (extension == ".csv" || extension == ".tsv") return TableFormat::csv;
  if (extension == ".ndjson" || extension == ".jsonl") return TableFormat::ndjson;
  throw OptionError("path", "expected a name in .csv, .tsv, .ndjson or .jsonl, got " +
                                in_quotes(path) + "; 'format' says what other names hold");
}

}  // namespace

TableFile::TableFile(const TableFileOptions& options) : options_(options) {
  if (options.path.empty()) throw OptionError("path", "expected a path, got empty text");
  if (options.path == "-") throw OptionError("path", "expected a file, got '-'");
  if (options_.format == TableFormat::automatic) options_.format = format_of(options.path);
  if (options_.format == TableFormat::csv) {
    if (!options_.delimiter && extension_of(options.path) == ".tsv") options_.delimiter = "tab";
    // csv.parse reads them once more, but only when the table is read.
    const char quote = detail::read_csv_quote(options_.quote.value_or("\""));
    detail::read_csv_delimiter(options_.delimiter.value_or(","), quote);
    return;
  }
  const char* const other = options.delimiter        ? "delimiter"
                            : options.quote          ? "quote"
                            : !options.types.empty() ? "types"
                                                     : nullptr;
  if (other) throw OptionError(other, "'format: ndjson' takes no '" + std::string(other) + "'");
}

std::vector<FileUse> TableFile::files() const {
  return {{FileUse::Way::reads, options_.path, std::nullopt, options_.path}};
}

std::vector<SideStage> TableFile::stages() const {
  Node source;
  add(source, "path", scalar(options_.path));
  Node parser;
  parser.shape = Node::Shape::map;
  if (options_.delimiter) add(parser, "delimiter", scalar(*options_.delimiter));
  if (options_.quote) add(parser, "quote", scalar(*options_.quote));
  if (!options_.types.empty()) {
    Node types;
    for (const auto& [column, type] : options_.types) {
      add(types, column, scalar(OptionType<FieldType>::show(type)));
    }
    add(parser, "types", std::move(types));
  }
  const bool csv = options_.format == TableFormat::csv;
  return {{"file.read", std::move(source)}, {csv ? "csv.parse" : "json.parse", std::move(parser)}};
}

void TableFile::read(Context& context, std::uint64_t memory,
                     const std::function<void(const Record&)>& take) const {
  context.read_side_input(stages(), memory, take);
}

}  // namespace weir::stages::lookup
