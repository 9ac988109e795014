#include "tests/fuzz/stages.h"

namespace weir::fuzz {

/// JSON texts, one a line: each gives a record, good or failed, at any cut, and what json.format
/// writes of it is read as the same.
void json(std::string_view bytes) {
  std::vector<Datum> lines;
  for (Bytes input(bytes); !input.empty();) lines.push_back({input.line(), {}, {}});
  thread_local std::unique_ptr<StageKit> parsing, formatting;
  const Node options = kit::map({{"on_blank", kit::scalar("error")}});
  StageKit& parse = lasting(parsing, "json.parse", options);
  const std::vector<Datum> parsed = parse.transform_at_every_cut(lines);
  expect(parsed.size() == lines.size(), "json.parse lost or made records");

  // The same with other places for the result: good where that is, and no more records.
  thread_local std::unique_ptr<StageKit> flattening, prefixing, whole;
  StageKit& flatten =
      lasting(flattening, "json.parse",
              kit::map({{"on_blank", kit::scalar("error")}, {"flatten", kit::scalar("true")}}));
  StageKit& prefix =
      lasting(prefixing, "json.parse",
              kit::map({{"on_blank", kit::scalar("error")}, {"prefix", kit::scalar("p_")}}));
  StageKit& into =
      lasting(whole, "json.parse",
              kit::map({{"on_blank", kit::scalar("error")}, {"into", kit::scalar("all")}}));
  const std::vector<Datum> flat = flatten.transform_at_every_cut(lines);
  const std::vector<Datum> prefixed = prefix.transform_at_every_cut(lines);
  const std::vector<Datum> all = into.transform_at_every_cut(lines);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& error = parsed[i].error;
    expect(prefixed.at(i).error == error, "a prefix changes what is JSON");
    expect(error.empty() == flat.at(i).error.empty() ||
               flat[i].error.find("nested deeper than 64") != std::string::npos,
           "flattening changes what is JSON: " + error + flat[i].error);
    expect(!error.empty() || all.at(i).error.empty(), "one field takes less than many");
    if (error.empty()) {
      expect(prefixed[i].fields.size() == parsed[i].fields.size(), "a prefix changes names");
    }
  }

  StageKit& format = lasting(formatting, "json.format", kit::map({}));
  const std::vector<Datum> good = good_fields(parsed);
  std::vector<Datum> written = format.transform(good);
  expect(written.size() == good.size(), "json.format lost or made records");
  for (Datum& record : written) {
    if (!record.error.empty()) return;  // not UTF-8, or a number that JSON has not
    expect(record.text.find('\n') == std::string::npos, "json.format wrote a line break");
    record.fields.clear();
  }
  for (Datum& again : parse.transform(written)) {
    expect(again.error.empty(),
           "json.parse refuses what json.format wrote: " + again.error + ": " + again.text);
  }
  const std::vector<Datum> twice = format.transform(good_fields(parse.transform(written)));
  for (std::size_t i = 0; i < written.size(); ++i) {
    expect(twice.at(i).text == written[i].text,
           "written again differently: " + written[i].text + " as " + twice[i].text);
  }
}

}  // namespace weir::fuzz
