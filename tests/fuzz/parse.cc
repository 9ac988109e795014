#include "tests/fuzz/stages.h"

namespace weir::fuzz {
namespace {

using kit::map;
using kit::scalar;

/// A type with options under which its input is read.
struct Parser {
  const char* type;
  std::vector<std::pair<std::string, Node>> options;
};

const std::vector<Parser>& parsers() {
  static const std::vector<Parser> all = {
      {"logfmt.parse", {}},
      {"logfmt.parse", {{"into", scalar("all")}}},
      {"kv.parse", {{"separator", scalar(";")}, {"assign", scalar(":")}}},
      {"kv.parse", {{"separator", scalar("&&")}, {"quote", scalar("none")}}},
      {"url.parse", {{"prefix", scalar("url_")}}},
      {"syslog.parse", {{"reference", scalar("2026-01-31")}}},
      {"access_log.parse", {}},
      {"access_log.parse", {{"format", scalar(R"([$time_local] "$request" $x)")}}},
      {"grok.match",
       {{"pattern", scalar("%{SYSLOGBASE} %{GREEDYDATA:message}|%{COMBINEDAPACHELOG}|%{URI:uri}")},
        {"on_mismatch", scalar("keep")}}}};
  return all;
}

}  // namespace

/// Lines, each a record: whatever they hold, a record with fields or one error comes of each, and
/// JSON can be made of it.
void parse(std::string_view bytes) {
  Bytes input(bytes);
  const std::size_t which = input.byte() % parsers().size();
  std::vector<Datum> lines;
  while (!input.empty()) lines.push_back({input.line(), {}, {}});
  thread_local std::vector<std::unique_ptr<StageKit>> parsing(parsers().size());
  thread_local std::unique_ptr<StageKit> formatting;
  thread_local std::unique_ptr<StageKit> reading;
  const Parser& parser = parsers()[which];
  StageKit& stage = lasting(parsing[which], parser.type, map(parser.options));
  const std::vector<Datum> parsed = stage.transform_at_every_cut(lines);
  expect(parsed.size() == lines.size(), "a parser lost or made records");
  const std::vector<Datum> good = good_fields(parsed);
  StageKit& format = lasting(formatting, "json.format", map({}));
  std::vector<Datum> written = format.transform(good);
  for (Datum& record : written) record.fields.clear();
  StageKit& read = lasting(reading, "json.parse", map({}));
  for (const Datum& record : read.transform(written)) {
    expect(record.error.empty(), "what a parser made is no JSON: " + record.error);
  }
}

}  // namespace weir::fuzz
