#include "stages/builtin.h"
#include "stages/csv/csv_format.h"
#include "stages/csv/csv_parse.h"
#include "weir/registry.h"

namespace weir::stages::csv {
namespace {

void add_csv_parse(Registry& registry) {
  using O = CsvParseOptions;
  registry.add<CsvParse, O>("csv.parse", "Parses a CSV record into fields")
      .optional("columns", &O::columns, "what the columns are called; without, the header says it")
      .optional("header", &O::header,
                "whether the first record of each file is its header; true without 'columns'")
      .optional("delimiter", &O::delimiter, "one character")
      .optional("types", &O::types, "columns that are no text; an empty one is then null")
      .optional("ragged", &O::ragged,
                "a record with missing columns is an error, or filled up with nulls; one with "
                "surplus columns is always an error")
      .optional("on_blank", &O::on_blank,
                "what becomes of a record whose text is empty, where there are several columns")
      .kinds({.needs_text = true, .gives_fields = true})
      .framing([](const O& o) {
        const char delimiter = o.delimiter.size() == 1 ? o.delimiter[0] : '\0';
        return Framing{Framing::Unit::csv, o.has_header(), delimiter};
      })
      .scratch<CsvParse::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: csv.format
    with: { columns: [time, path, status], header: false }
  - uses: csv.parse
    with:
      columns: [time, path, status]
      types: { status: integer }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

void add_csv_format(Registry& registry) {
  using O = CsvFormatOptions;
  registry.add<CsvFormat, O>("csv.format", "Makes the text a CSV record from fields")
      .required("columns", &O::columns, "the fields, in the order of the columns")
      .optional("header", &O::header, "whether a line with the columns' names comes first")
      .optional("delimiter", &O::delimiter, "one character")
      .kinds({.needs_fields = true, .gives_text = true})
      .framing([](const O& o) {
        return Framing{Framing::Unit::csv, o.header};
      })
      .scratch<CsvFormat::Scratch>()
      .example(R"(stages:
  - uses: file.read
    with: { path: samples/data/access.ndjson }
  - uses: json.parse
  - uses: csv.format
    with: { columns: [time, ip, path, status] }
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace

void add_csv_stages(Registry& registry);  // called by stages/builtin.cc

}  // namespace weir::stages::csv

namespace weir::stages {

void add_csv_stages(Registry& registry) {
  using namespace csv;
  add_csv_parse(registry);
  add_csv_format(registry);
}

}  // namespace weir::stages
