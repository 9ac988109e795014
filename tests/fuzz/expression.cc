#include "tests/fuzz/stages.h"

namespace weir::fuzz {

/// An expression, over records whose fields are of every type: as a condition and as a value.
void expression(std::string_view bytes) {
  const std::string text(bytes);
  const std::vector<Datum> records = {
      {"one two", {{"a", "1"}, {"b", "\"x\""}, {"c", "null"}, {"d", "[1,{\"e\":2}]"}}, {}},
      {"", {{"a", "-1.5e300"}, {"b", "\"\xff\\u00e9\""}, {"c", "true"}}, {}},
      {"3", {}, {}}};
  if (const auto filter = stage("filter", kit::map({{"where", kit::scalar(text)}}))) {
    expect(filter->transform(records).size() <= records.size(), "filter made records");
  }
  const auto set = stage("set", kit::map({{"fields", kit::map({{"a", kit::scalar(text)}})}}));
  if (set) expect(set->transform(records).size() == records.size(), "set lost or made records");
}

}  // namespace weir::fuzz
