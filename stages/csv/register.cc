#include "stages/builtin.h"
#include "stages/csv/csv_format.h"
#include "stages/csv/csv_parse.h"
#include "weir/registry.h"

namespace weir::stages::csv {
namespace {

void add_csv_parse(Registry& registry) {
  using O = CsvParseOptions;
  registry.add<CsvParse, O>("csv.parse", "Parses a CSV record into fields")
      .declare(parser_options)
      .optional("columns", &O::columns, "what the columns are called; without, the header says it")
      .optional("header", &O::header,
                "whether the first record of each file is its header; true without 'columns'")
      .optional(
          "delimiter", &O::delimiter,
          "one ASCII character; tab; or auto: the most frequent of , ; tab | in the first row "
          "of each file")
      .optional("quote", &O::quote, "one ASCII character, or none: nothing is quoted")
      .optional("lazy", &O::lazy, "a quote inside a field without quotes is data, and no error")
      .optional("comment", &O::comment, "rows that begin with these 1 to 16 bytes are dropped")
      .optional("types", &O::types, "columns that are no text; an empty one is then null")
      .optional(
          "ragged", &O::ragged,
          "what becomes of a record with fewer or more columns: fill makes missing ones null, "
          "cut drops surplus ones, fit does both")
      .optional("duplicates", &O::duplicates,
                "rename: of columns of one name all but the first get a number (a, a_2), and one "
                "without a name is called column_3")
      .optional("on_blank", &O::on_blank,
                "what becomes of a record whose text is empty, where there are several columns; an "
                "empty field is as a missing one")
      .kinds(result_kinds)
      .replaced_fields()
      .framing(&CsvParse::framing)
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
      .optional("delimiter", &O::delimiter, "one ASCII character, or tab")
      .optional("quote", &O::quote,
                "one ASCII character, or none: a value that needs quotes is then an error")
      .optional("quoting", &O::quoting, "quotes only where they are needed, or always")
      .kinds({.needs_fields = true, .gives_text = true})
      .framing(&CsvFormat::framing)
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
