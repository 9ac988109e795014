#include "stages/json/json_stages.h"
#include "weir/registry.h"

namespace weir {

void add_json_stages(Registry& registry);  // called by stages/builtin.cc

void add_json_stages(Registry& registry) {
  registry.add<JsonParse>("json.parse", "Parses a JSON object into fields")
      .kinds({.needs_text = true, .gives_fields = true})
      .framing([](const NoOptions&) {
        return Framing{Framing::Unit::lines, false};
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
}

}  // namespace weir
