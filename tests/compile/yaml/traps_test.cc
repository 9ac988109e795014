#include <catch2/catch.hpp>

#include "tests/compile/kit/look_alikes.h"

// YAML's traps, one by one: what is said about each, and that the way out is none.

using namespace weir;
using namespace weir::compile;

namespace {

/// A pipeline whose one transform has these lines under `with:`.
std::string pipeline(const std::string& uses, const std::string& with) {
  return "stages:\n  - uses: file.read\n    with: { path: in }\n  - uses: json.parse\n  - uses: " +
         uses + "\n    with:\n      " + with +
         "\n  - uses: json.format\n  - uses: file.write\n    with: { path: out }\n";
}

std::string filter(const std::string& where) { return pipeline("filter", "where: " + where); }

bool clean(const std::string& text) {
  UNSCOPED_INFO(weir::fake::complaints(text));
  return weir::fake::complaints(text).empty();
}

}  // namespace

TEST_CASE("a '#' that swallows an expression is pointed at") {
  CHECK(weir::fake::complaints(filter("#a == 1")) ==
        "p.yaml:7:14: error: expected an expression, got nothing\n"
        "        where: #a == 1\n"
        "               ^~~~~~~\n"
        "  '#' begins a comment in YAML: quote the whole value\n");
  CHECK(clean(filter("\"a == 1\"")));
}

TEST_CASE("a '#' that cuts an expression gets the hint, whatever the compiler says") {
  CHECK(weir::fake::complaints(filter("path == \"a #b\"")) ==
        "p.yaml:7:22: error: unfinished text\n"
        "        where: path == \"a #b\"\n"
        "                       ^\n"
        "  '#' begins a comment in YAML: quote the whole value\n");
  CHECK(clean(filter("'path == \"a #b\"'")));
}

TEST_CASE("an ordinary comment behind an expression is none of the traps") {
  CHECK(clean(filter("a == 1 # the first")));
  CHECK(clean(filter("a == \"#b\" # no blank before that '#'")));
  CHECK(clean(filter("a == 1 #")));
}

TEST_CASE("a '#' that may have been meant gives a warning, and the plan") {
  const std::string text = filter("a == b #c");
  const Loaded loaded = weir::fake::Setup().load(text);
  CHECK(loaded.plan);
  CHECK(weir::fake::render_all(loaded, text) ==
        "p.yaml:7:21: warning: '#' begins a comment: the value ends before it\n"
        "        where: a == b #c\n"
        "                      ^~\n"
        "  quote the whole value, or put a blank behind the '#'\n");
}

TEST_CASE("an unquoted interpolation in braces is a mistake, in block style it is none") {
  CHECK(weir::fake::complaints("name: x\nlimits: { memory: ${params.m} }\nstages: []\n")
            .starts_with("p.yaml:2:19: error: unquoted '${' inside braces or brackets\n"
                         "  limits: { memory: ${params.m} }\n"
                         "                    ^~~~~~~~~~~\n"
                         "  quote it: \"${params.m}\"\n"));
  CHECK(clean("params: { a: { default: 1 } }\n" + filter("a == ${params.a}")));
}

TEST_CASE("unquoted braces are a map, which is said") {
  const std::string hint = "  '{' begins a map in YAML: quote the whole value\n";
  CHECK(weir::fake::complaints(pipeline("text.format", "line: {a}")) ==
        "p.yaml:7:13: error: expected 'key: value' in braces, got 'a'\n"
        "        line: {a}\n"
        "              ^\n" +
            hint);
  CHECK(weir::fake::complaints(pipeline("text.format", "line: {a} {b}")) ==
        "p.yaml:7:13: error: unexpected text behind '}'\n"
        "        line: {a} {b}\n"
        "              ^~~~~~~\n" +
            hint);
  CHECK(clean(pipeline("text.format", "line: '{a} {b}'")));
  CHECK(clean(pipeline("text.format", "line: a {b}")));
}

TEST_CASE("a comma ends a value in braces, which is said") {
  const std::string text = "stages:\n  - uses: csv.format\n    with: { columns: time, path }\n";
  CHECK(weir::fake::complaints(text).find(
            "p.yaml:3:28: error: expected 'key: value' in braces, got 'path'\n"
            "      with: { columns: time, path }\n"
            "                             ^~~~\n"
            "  a ',' ends a value in braces: quote the value, or write a list in []\n") !=
        std::string::npos);
  CHECK(clean(pipeline("csv.format", "columns: [time, path]")));
}

TEST_CASE("a bare '-' begins a list, which is said") {
  CHECK(weir::fake::complaints(pipeline("regex.match", "pattern: -")) ==
        "p.yaml:7:16: error: expected a value, got the '-' of a list item\n"
        "        pattern: -\n"
        "                 ^\n"
        "  quote it: \"-\"\n");
  CHECK(clean(pipeline("regex.match", "pattern: \"-\"")));
  CHECK(clean(pipeline("regex.match", "pattern: -a")));
}

TEST_CASE("'no' and 'on' are text for an option of text and a mistake for a boolean") {
  CHECK(clean(pipeline("every", "text: no")));
  for (const char* word : {"no", "on", "yes", "off"}) {
    CHECK(weir::fake::complaints(pipeline("every", std::string("flag: ") + word))
              .find("\n  booleans are 'true' and 'false' only\n") != std::string::npos);
  }
  CHECK(clean(pipeline("every", "flag: true")));
}

TEST_CASE("numbers of YAML 1.1 are mistakes with a hint") {
  CHECK(weir::fake::complaints(pipeline("every", "whole: 1_000")) ==
        "p.yaml:7:14: error: expected an integer, got '1_000'\n"
        "        whole: 1_000\n"
        "               ^~~~~\n"
        "  write the digits without '_' or ','\n");
  CHECK(weir::fake::complaints(pipeline("every", "whole: 1:30")) ==
        "p.yaml:7:14: error: expected an integer, got '1:30'\n"
        "        whole: 1:30\n"
        "               ^~~~\n"
        "  base-60 numbers of YAML 1.1 are not supported\n");
  CHECK(weir::fake::complaints(pipeline("every", "wait: 1:30")) ==
        "p.yaml:7:13: error: expected a duration such as 500ms or 1h30m, got '1:30'\n"
        "        wait: 1:30\n"
        "              ^~~~\n"
        "  write hours and minutes as 1h30m\n");
}

TEST_CASE("a bad escape in double quotes is pointed at") {
  CHECK(weir::fake::complaints(pipeline("regex.match", "pattern: \"^\\d+\"")) ==
        "p.yaml:7:18: error: unknown escape '\\d' in double quotes\n"
        "        pattern: \"^\\d+\"\n"
        "                   ^~\n"
        "  in single quotes a backslash is only a backslash\n");
  CHECK(clean(pipeline("regex.match", "pattern: '^\\d+'")));
}
