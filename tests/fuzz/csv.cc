#include "tests/fuzz/stages.h"

namespace weir::fuzz {
namespace {

constexpr std::string_view kDelimiters = ",;\t|";

Node options(std::string_view delimiter) {
  return kit::map({{"header", kit::scalar("false")},
                   {"columns", kit::list({"a", "b", "c"})},
                   {"delimiter", kit::scalar(std::string(delimiter))}});
}

}  // namespace

/// Rows of three columns, one a record, which may hold line breaks: what csv.format writes of a row
/// is read as the same.
void csv(std::string_view bytes) {
  Bytes input(bytes);
  const std::size_t which = input.byte() % kDelimiters.size();
  const std::string_view delimiter = kDelimiters.substr(which, 1);
  std::vector<Datum> rows;
  while (!input.empty()) {
    std::string row = input.line();
    while (row.ends_with('\\') && !input.empty()) {
      row.back() = '\n';
      row += input.line();
    }
    rows.push_back({std::move(row), {}, {}});
  }
  thread_local std::unique_ptr<StageKit> parsing[kDelimiters.size()];
  thread_local std::unique_ptr<StageKit> formatting[kDelimiters.size()];
  StageKit& parse = lasting(parsing[which], "csv.parse", options(delimiter));
  StageKit& format = lasting(formatting[which], "csv.format", options(delimiter));

  const std::vector<Datum> parsed = parse.transform_at_every_cut(rows);
  expect(parsed.size() <= rows.size(), "csv.parse made records");
  const std::vector<Datum> good = good_fields(parsed);
  std::vector<Datum> written = format.transform(good);
  expect(written.size() == good.size(), "csv.format lost or made records");
  for (Datum& record : written) record.fields.clear();
  const std::vector<Datum> again = good_fields(parse.transform(written));
  expect(again == good, "csv.parse reads something else than csv.format wrote");
}

}  // namespace weir::fuzz
