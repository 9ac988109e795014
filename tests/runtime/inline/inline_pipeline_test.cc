#include "runtime/inline/inline_pipeline.h"

#include <catch2/catch.hpp>

#include "stages/builtin.h"

namespace weir::cli::test {
namespace {

const Registry& registry() {
  static const Registry* const built_in = [] {
    auto* all = new Registry();
    stages::add_builtin_stages(*all);
    return all;
  }();
  return *built_in;
}

std::string yaml_of(std::string_view text) {
  const InlinePipeline pipeline = read_inline_pipeline(text, registry());
  for (const text::Diagnostic& d : pipeline.diagnostics) FAIL_CHECK(render(d, text));
  return pipeline.yaml;
}

/// Only the stages between the file.read and the file.write that are put at the ends.
std::string inner(std::string_view text) {
  const std::string yaml = yaml_of(text);
  const std::string head = "stages:\n  - uses: file.read\n    with:\n      path: \"-\"\n";
  const std::string tail = "  - uses: file.write\n    with:\n      path: \"-\"\n";
  REQUIRE(yaml.starts_with(head));
  REQUIRE(yaml.ends_with(tail));
  return yaml.substr(head.size(), yaml.size() - head.size() - tail.size());
}

std::string mistakes_of(std::string_view text, const std::vector<std::string>& files = {}) {
  std::string all;
  for (const text::Diagnostic& d : read_inline_pipeline(text, registry(), files).diagnostics) {
    all += render(d, text);
  }
  return all;
}

TEST_CASE("a line of stages becomes a file that reads standard input and writes standard output") {
  CHECK(yaml_of("json.parse | filter status >= 400 | csv.format time,path") == R"(stages:
  - uses: file.read
    with:
      path: "-"
  - uses: json.parse
  - uses: filter
    with:
      where: status >= 400
  - uses: csv.format
    with:
      columns: [time, path]
  - uses: file.write
    with:
      path: "-"
)");
}

TEST_CASE("a source or sink of one's own takes the place of the standard ones") {
  const std::string yaml = yaml_of("generate 5 | json.format | file.write out.ndjson");
  CHECK(yaml == R"(stages:
  - uses: generate
    with:
      count: 5
  - uses: json.format
  - uses: file.write
    with:
      path: out.ndjson
)");
}

TEST_CASE("a bar inside quotes or brackets, and a double bar, do not separate stages") {
  CHECK(inner("filter a == 'x|y' || b == 1") ==
        "  - uses: filter\n    with:\n      where: a == 'x|y' || b == 1\n");
  CHECK(inner("regex.match (a|b)c") == "  - uses: regex.match\n    with:\n      pattern: (a|b)c\n");
  CHECK(inner("filter ok|take 2") ==
        "  - uses: filter\n    with:\n      where: ok\n"
        "  - uses: take\n    with:\n      count: 2\n");
}

TEST_CASE("quotes around a value are taken off, those inside an expression stay") {
  CHECK(inner("text.format '{time} | {path}'") ==
        "  - uses: text.format\n    with:\n      template: '{time} | {path}'\n");
  CHECK(inner("filter 'a' == b") == "  - uses: filter\n    with:\n      where: '''a'' == b'\n");
  CHECK(inner("select 'odd, name',b") ==
        "  - uses: select\n    with:\n      fields: ['odd, name', b]\n");
}

TEST_CASE("words of the form option:value at the end set other options") {
  CHECK(inner("csv.format time,path header:false") ==
        "  - uses: csv.format\n    with:\n      columns: [time, path]\n      header: false\n");
  CHECK(yaml_of("generate format:text count:3 | file.write -") ==
        "stages:\n  - uses: generate\n    with:\n      format: text\n      count: 3\n"
        "  - uses: file.write\n    with:\n      path: \"-\"\n");
}

TEST_CASE("such words set keys of the stage too") {
  CHECK(inner("json.parse on_error:skip | count total key:status,path") ==
        "  - uses: json.parse\n    on_error: skip\n"
        "  - uses: count\n    key: [status, path]\n    with:\n      into: total\n");
}

TEST_CASE("a word with a colon that names no option belongs to the value") {
  CHECK(inner("regex.match level:error") ==
        "  - uses: regex.match\n    with:\n      pattern: level:error\n");
}

TEST_CASE("a map is written name = value between commas") {
  CHECK(inner("set seconds = ms / 1000, slow = max(a, b) == 2") ==
        "  - uses: set\n    with:\n      fields:\n        seconds: ms / 1000\n"
        "        slow: max(a, b) == 2\n");
}

TEST_CASE("a value that YAML would read otherwise is put in quotes") {
  CHECK(inner("filter #x") == "  - uses: filter\n    with:\n      where: '#x'\n");
  CHECK(inner("filter null") == "  - uses: filter\n    with:\n      where: 'null'\n");
  CHECK(inner("filter a\n and b") == "  - uses: filter\n    with:\n      where: \"a\\n and b\"\n");
}

TEST_CASE("an unknown type stays as it is, for the reader of the YAML to say so") {
  CHECK(inner("filtr status >= 400") == "  - uses: filtr\n");
}

TEST_CASE("mistakes in the line are shown in the line") {
  CHECK(mistakes_of("json.parse | filter 'abc") ==
        "-e:1:21: error: missing closing quote '\n"
        "  json.parse | filter 'abc\n"
        "                      ^\n"
        "  in a shell: '\\''\n");
  CHECK(mistakes_of("filter \"abc") ==
        "-e:1:8: error: missing closing quote \"\n"
        "  filter \"abc\n"
        "         ^\n"
        "  put a value with unpaired quotes or brackets in quotes\n");
  CHECK(mistakes_of("json.parse |") ==
        "-e:1:13: error: expected a stage type, got nothing\n"
        "  json.parse |\n"
        "              ^\n");
  CHECK(mistakes_of("zip x") ==
        "-e:1:5: error: 'zip' takes no options\n"
        "  zip x\n"
        "      ^\n");
  CHECK(mistakes_of("set a | take (2") ==
        "-e:1:14: error: missing ')'\n"
        "  set a | take (2\n"
        "               ^\n"
        "  put a value with unpaired quotes or brackets in quotes\n");
  CHECK(mistakes_of("set a,b=1 | select a,,b") ==
        "-e:1:5: error: expected name = value, got 'a'\n"
        "  set a,b=1 | select a,,b\n"
        "      ^\n"
        "-e:1:22: error: expected a value between commas, got nothing\n"
        "  set a,b=1 | select a,,b\n"
        "                       ^\n");
}

TEST_CASE("words that set an option may stand before the value, and be written with '='") {
  CHECK(inner("csv.format delimiter=\";\" time,path header=false") ==
        "  - uses: csv.format\n    with:\n      columns: [time, path]\n      delimiter: ';'\n"
        "      header: false\n");
  CHECK(inner("filter a == b workers=2") ==
        "  - uses: filter\n    workers: 2\n    with:\n      where: a == b\n");
  CHECK(inner("set name = upper(a), order=b") ==
        "  - uses: set\n    with:\n      fields:\n        name: upper(a)\n        order: b\n");
}

TEST_CASE("a key of the stage may stand behind the entries of a map, where no comma is") {
  CHECK(inner("set a = b + 1, c=d workers=2 on_error=skip") ==
        "  - uses: set\n    workers: 2\n    on_error: skip\n    with:\n      fields:\n"
        "        a: b + 1\n        c: d\n");
  CHECK(inner("set order=b") == "  - uses: set\n    with:\n      fields:\n        order: b\n");
  CHECK(inner("set a=1, workers=2") ==
        "  - uses: set\n    with:\n      fields:\n        a: 1\n        workers: 2\n");
}

TEST_CASE("a list or a map may be written as YAML") {
  CHECK(inner("csv.format [time, 'odd, name']") ==
        "  - uses: csv.format\n    with:\n      columns: [time, 'odd, name']\n");
  CHECK(inner("json.parse retry={attempts: 3, backoff: 1s} queue={records: 2}") ==
        "  - uses: json.parse\n    retry: {attempts: 3, backoff: 1s}\n    queue: {records: 2}\n");
  CHECK(inner("exec [tr, -u, a, b] mode=once") ==
        "  - uses: exec\n    with:\n      command: [tr, -u, a, b]\n      mode: once\n");
  CHECK(inner("window every=1m time={field: t, format: unix_ms}") ==
        "  - uses: window\n    with:\n      every: 1m\n      time: {field: t, format: unix_ms}\n");
  CHECK(inner("sort [{field: t, format: iso}, n] window=10") ==
        "  - uses: sort\n    with:\n      by: [{field: t, format: iso}, n]\n      window: 10\n");
  CHECK(inner("text.format {time}") ==
        "  - uses: text.format\n    with:\n      template: '{time}'\n");
  CHECK(inner("regex.match [a-z]") == "  - uses: regex.match\n    with:\n      pattern: '[a-z]'\n");
  CHECK(mistakes_of("text.format a={x}") ==
        "-e:1:13: error: unknown option 'a'\n"
        "  text.format a={x}\n"
        "              ^~~~~\n"
        "  put the value in quotes if it is text\n");
}

TEST_CASE("files are read in the order of the command line, each as it is called") {
  const auto yaml = [](const std::vector<std::string>& files) {
    return read_inline_pipeline("take 1", registry(), files).yaml.substr(0, 90);
  };
  CHECK(yaml({"b.csv", "-", "a.csv"}).find("path: [b.csv, \"-\", a.csv]\n") != std::string::npos);
  CHECK(yaml({"a*[1].log", "${x}"}).find("path: ['a\\*\\[1].log', '$${x}']\n") !=
        std::string::npos);
  CHECK(mistakes_of("generate 5 | take 1", {"a.csv"}) ==
        "-e:1:1: error: 'generate' takes no files\n"
        "  generate 5 | take 1\n"
        "  ^~~~~~~~\n");
}

TEST_CASE("a word that sets what there is not is a mistake, and no value") {
  CHECK(mistakes_of("csv.format heder=false") ==
        "-e:1:12: error: unknown option 'heder'\n"
        "  csv.format heder=false\n"
        "             ^~~~~~~~~~~\n"
        "  did you mean 'header'?\n");
  CHECK(mistakes_of("csv.format time,path heder:false") ==
        "-e:1:22: error: unknown option 'heder'\n"
        "  csv.format time,path heder:false\n"
        "                       ^~~~~~~~~~~\n"
        "  did you mean 'header'?\n");
  CHECK(mistakes_of("text.format xyz={time}") ==
        "-e:1:13: error: unknown option 'xyz'\n"
        "  text.format xyz={time}\n"
        "              ^~~~~~~~~~\n"
        "  put the value in quotes if it is text\n");
  CHECK(inner("text.format 'xyz={time}'") ==
        "  - uses: text.format\n    with:\n      template: 'xyz={time}'\n");
  CHECK(mistakes_of("csv.format time path") ==
        "-e:1:17: error: expected ',' before 'path'\n"
        "  csv.format time path\n"
        "                  ^~~~\n"
        "  put a value with blanks in quotes\n");
}

}  // namespace
}  // namespace weir::cli::test
