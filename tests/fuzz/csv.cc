#include "tests/fuzz/stages.h"

namespace weir::fuzz {
namespace {

/// The options that the first byte of an input chooses.
struct Choice {
  const char* delimiter;
  const char* quote = "\"";
  std::vector<std::pair<const char*, const char*>> parse = {};  ///< Further ones of csv.parse.
  bool again = true;  ///< True if what csv.format writes is read as it was.
};
const std::vector<Choice>& choices() {
  static const std::vector<Choice> all = {
      {","},
      {";"},
      {"tab"},
      {"|"},
      {",", "'", {{"lazy", "true"}}},
      {";", "\"", {{"ragged", "fit"}, {"prefix", "p_"}}, false},
      {",", "\"", {{"comment", "#"}, {"ragged", "cut"}}, false},
      {",", "none", {{"ragged", "fit"}}, false},
      {",", "\"", {{"delimiter", "auto"}, {"ragged", "fit"}}, false},
      {"tab", "\"", {{"into", "all"}, {"lazy", "true"}, {"ragged", "fit"}}, false},
  };
  return all;
}

Node parse_options(const Choice& choice) {
  std::vector<std::pair<std::string, Node>> with = {{"header", kit::scalar("false")},
                                                    {"columns", kit::list({"a", "b", "c"})},
                                                    {"quote", kit::scalar(choice.quote)}};
  bool given = false;
  for (const auto& [name, value] : choice.parse) {
    with.emplace_back(name, kit::scalar(value));
    given |= with.back().first == "delimiter";
  }
  if (!given) with.emplace_back("delimiter", kit::scalar(choice.delimiter));
  return kit::map(std::move(with));
}

Node format_options(const Choice& choice) {
  return kit::map({{"header", kit::scalar("false")},
                   {"columns", kit::list({"a", "b", "c"})},
                   {"delimiter", kit::scalar(choice.delimiter)},
                   {"quote", kit::scalar(choice.quote)}});
}

}  // namespace

/// Rows of three columns, one a record, which may hold line breaks: what csv.format writes of a row
/// is read as the same.
void csv(std::string_view bytes) {
  Bytes input(bytes);
  const std::size_t which = input.byte() % choices().size();
  const Choice& choice = choices()[which];
  std::vector<Datum> rows;
  while (!input.empty()) {
    std::string row = input.line();
    while (row.ends_with('\\') && !input.empty()) {
      row.back() = '\n';
      row += input.line();
    }
    rows.push_back({std::move(row), {}, {}});
  }
  thread_local std::vector<std::unique_ptr<StageKit>> parsing(choices().size());
  thread_local std::vector<std::unique_ptr<StageKit>> formatting(choices().size());
  StageKit& parse = lasting(parsing[which], "csv.parse", parse_options(choice));
  StageKit& format = lasting(formatting[which], "csv.format", format_options(choice));

  const std::vector<Datum> parsed = parse.transform_at_every_cut(rows);
  expect(parsed.size() <= rows.size(), "csv.parse made records");
  const std::vector<Datum> good = good_fields(parsed);
  std::vector<Datum> written = format.transform(good);
  expect(written.size() == good.size(), "csv.format lost or made records");
  if (!choice.again) return;
  for (Datum& record : written) record.fields.clear();
  const std::vector<Datum> again = good_fields(parse.transform(written));
  expect(again == good, "csv.parse reads something else than csv.format wrote");
}

}  // namespace weir::fuzz
