#include "stages/builtin.h"
#include "stages/json/json_stages.h"
#include "stages/json/unnest.h"
#include "weir/registry.h"

namespace weir::stages::json {

void add_json_stages(Registry& registry);  // called by stages/builtin.cc

}  // namespace weir::stages::json

namespace weir::stages {

void add_json_stages(Registry& registry) {
  using namespace json;
  registry
      .add<JsonParse, JsonParseOptions>("json.parse",
                                        "Parses a JSON object into fields; that of a 'field' "
                                        "takes its place, unless 'into' or 'prefix' is set")
      .declare(parser_options)
      .optional("flatten", &JsonParseOptions::flatten,
                "members of members become fields, too: a.b, and a.0 for the first element of an "
                "array")
      .optional("on_blank", &JsonParseOptions::on_blank,
                "what becomes of a record whose text is blank, such as an empty line at the end; "
                "a blank field is as a missing one")
      .kinds(result_kinds)
      .replaced_fields()
      .framing([](const JsonParseOptions& o) {
        return Framing{o.field.empty() ? Framing::Unit::lines : Framing::Unit::any};
      })
      .scratch<FieldReader>()
      .example(R"(stages:
  - uses: file.read
    with: { path: samples/data/access.ndjson }
  - uses: json.parse
  - uses: csv.format
    with: { columns: [time, path, status] }
  - uses: file.write
    with: { path: "-" }
)");
  registry.add<JsonFormat, JsonFormatOptions>("json.format", "Makes the text JSON from the fields")
      .optional("columns", &JsonFormatOptions::columns,
                "only these fields, in this order, a missing one as null; all without")
      .optional("on_invalid", &JsonFormatOptions::on_invalid,
                "what becomes of a byte that is not UTF-8: U+FFFD, itself, or an error of kind "
                "encoding; counted as not_utf8")
      .optional("indent", &JsonFormatOptions::indent,
                "how many blanks a level is indented by, with a line for each member; without, all "
                "is on one line, nested values too")
      .min(&JsonFormatOptions::indent, 0)
      .max(&JsonFormatOptions::indent, 8)
      .kinds({.needs_fields = true, .gives_text = true})
      .example(R"(stages:
  - uses: file.read
    with: { path: samples/data/access.ndjson }
  - uses: json.parse
  - uses: filter
    with:
      where: status >= 500
  - uses: json.format
    with: { columns: [time, status, path] }
  - uses: file.write
    with: { path: "-" }
)");
  registry
      .add<Unnest, UnnestOptions>("unnest",
                                  "Makes a record of each element of a JSON array, or of each "
                                  "piece of a text between separators")
      .required("field", &UnnestOptions::field,
                "the array; each record gets one element, in their order, and all other fields and "
                "the text as they are")
      .optional("into", &UnnestOptions::into,
                "the field that gets the element, in the place of the array; without, it has the "
                "array's name")
      .optional("index_into", &UnnestOptions::index_into,
                "a field that gets the element's number, from 0")
      .optional("prefix", &UnnestOptions::prefix,
                "the members of an element that is an object become fields, instead of the "
                "element, each with these 0 to 64 bytes before its name; one that the record had "
                "before gets the member's value")
      .was("spread", "write 'prefix: \"\"'")
      .optional("on_missing", &UnnestOptions::on_missing,
                "what becomes of a record whose 'field' is missing or null")
      .optional("keep_empty", &UnnestOptions::keep_empty,
                "a record whose array is empty goes on, with null as its element; without, it is "
                "filtered")
      .optional("separator", &UnnestOptions::separator,
                "takes a field that is text, too: its elements are the pieces between these bytes, "
                "and an empty text has none")
      .scratch<Unnest::Scratch>()
      .kinds({.needs_fields = true, .changes_fields = true})
      .example(R"(stages:
  - uses: generate
    with:
      count: 3
      format: text
      text: '{{"order": {n}, "items": [{{"sku": "a", "price": 5}}, {{"sku": "b", "price": 7}}]}}'
  - uses: json.parse
  - uses: unnest
    with: { field: items, prefix: "" }
  - uses: json.format
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages
