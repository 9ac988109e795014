#include "stages/builtin.h"
#include "stages/lookup/lookup.h"
#include "weir/registry.h"

namespace weir::stages {

void add_lookup_stages(Registry& registry) {
  using lookup::Lookup;
  using O = lookup::LookupOptions;
  registry.add<Lookup, O>("lookup", "Adds to each record what a table says about it")
      .required("path", &O::path,
                "the table: a file of CSV with a header, or of NDJSON, also compressed; it is read "
                "before the first record and counts in limits.state")
      .required(
          "by", &O::by,
          "the fields that are compared: one, a list, or a map of FIELD to a column, to "
          "{ from, to } for a range, both ends included and an empty one open, or to "
          "{ network } for addresses, of which the longest prefix counts. Values are compared "
          "as the text that CSV would have, ranges as numbers if all of them are")
      .optional("columns", &O::columns, "the columns to add; without, all but those of `by`")
      .optional("format", &O::format, "auto goes by the extension")
      .declare(place_options)
      .optional(
          "on_missing", &O::on_missing,
          "what becomes of a record for which there is no row: its new fields are null, it is "
          "filtered, or it is an error of kind lookup")
      .optional("duplicates", &O::duplicates,
                "which row counts if several have the same key, network, or ranges that overlap")
      .optional(
          "reload", &O::reload,
          "how often the file is looked at: if it has changed, a new table takes the place of "
          "the old one, which stays if that cannot be read; never, without")
      .min(&O::reload, Duration(std::chrono::milliseconds(100)))
      .optional("delimiter", &O::delimiter, "of CSV, as in csv.parse")
      .optional("quote", &O::quote, "of CSV, as in csv.parse")
      .optional("types", &O::types, "columns of CSV that are no text, as in csv.parse")
      .kinds({.needs_fields = true, .changes_fields = true})
      .stateful()
      .by_clock([](const O& options) { return options.reload.has_value(); })
      .scratch<Lookup::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 100, format: text, text: "{n}" }
  - uses: set
    with:
      fields:
        status: 200 + tonumber(record.text) % 4 * 100
  - uses: lookup
    with: { path: samples/data/statuses.csv, by: status, columns: [meaning] }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages
