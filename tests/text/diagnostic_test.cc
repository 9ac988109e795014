#include "graph/text/diagnostic.h"

#include <catch2/catch.hpp>

using weir::Mark;
using weir::text::Diagnostic;
using weir::text::render;
using weir::text::Severity;

namespace {

Diagnostic about(Mark mark, std::string message = "wrong", std::string hint = {}) {
  return {"p.yaml", mark, Severity::error, std::move(message), std::move(hint)};
}

}  // namespace

TEST_CASE("a diagnostic shows its line, a marker and its hint") {
  const std::string source = "stages:\n  - name: x\n    uses: filtr\n";
  CHECK(render(about({3, 11, 5}, "unknown stage type 'filtr'",
                     "did you mean 'filter'? 'weir list' shows every type"),
               source) ==
        "p.yaml:3:11: error: unknown stage type 'filtr'\n"
        "      uses: filtr\n"
        "            ^~~~~\n"
        "  did you mean 'filter'? 'weir list' shows every type\n");
}

TEST_CASE("a diagnostic about the whole file shows no line") {
  CHECK(render(about({}, "expected a pipeline, got an empty file"), "") ==
        "p.yaml: error: expected a pipeline, got an empty file\n");
}

TEST_CASE("warnings and notes say so") {
  Diagnostic d = about({});
  d.severity = Severity::warning;
  CHECK(render(d, "") == "p.yaml: warning: wrong\n");
  d.severity = Severity::note;
  CHECK(render(d, "") == "p.yaml: note: wrong\n");
}

TEST_CASE("a line that is not there is left out") {
  CHECK(render(about({7, 1, 1}), "one line") == "p.yaml:7:1: error: wrong\n");
}

TEST_CASE("a mark behind the end of its line is shown at the end") {
  CHECK(render(about({1, 99, 5}), "abc") == "p.yaml:1:99: error: wrong\n  abc\n     ^\n");
}

TEST_CASE("tabs are one blank wide, so that the marker stays in place") {
  CHECK(render(about({1, 2, 3}), "\tabc\td") == "p.yaml:1:2: error: wrong\n   abc d\n   ^~~\n");
}

TEST_CASE("control bytes never reach the terminal") {
  const std::string shown =
      render(about({1, 1, 1}, "got \x1b[2J", "hint \x07"), "\x1b[31mred\x7f\xc2\x9b");
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.find('\x07') == std::string::npos);
  CHECK(shown.find('\x7f') == std::string::npos);
  CHECK(shown.find("\xc2\x9b") == std::string::npos);
}

TEST_CASE("marks that turn the direction of text are not passed on") {
  CHECK(render(about({1, 1, 1}),
               "a\xE2\x80\xAE"
               "b")
            .find("\xE2\x80\xAE") == std::string::npos);
}

TEST_CASE("bytes that are no UTF-8 are shown as replacement characters") {
  CHECK(render(about({1, 3, 1}), "a\xff\xc3") ==
        "p.yaml:1:3: error: wrong\n  a\xEF\xBF\xBD\xEF\xBF\xBD\n    ^\n");
}

TEST_CASE("the marker counts characters, not bytes") {
  CHECK(render(about({1, 4, 3}), "é abc") == "p.yaml:1:4: error: wrong\n  é abc\n    ^~~\n");
  CHECK(render(about({1, 4, 6}), "日é日") == "p.yaml:1:4: error: wrong\n  日é日\n    ^~~\n");
}

TEST_CASE("a long line is cut around its mark") {
  const std::string line = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  CHECK(render(about({1, 5001, 4}), line) ==
        "p.yaml:1:5001: error: wrong\n  ..." + std::string(40, 'a') + "HERE" +
            std::string(56, 'b') + "...\n" + std::string(45, ' ') + "^~~~\n");
}

TEST_CASE("a long mark is cut with its line") {
  const std::string shown = render(about({1, 1, 100'000}), std::string(100'000, 'x'));
  CHECK(shown == "p.yaml:1:1: error: wrong\n  " + std::string(100, 'x') + "...\n  ^" +
                     std::string(99, '~') + "\n");
}
