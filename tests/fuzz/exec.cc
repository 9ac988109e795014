#include <algorithm>

#include "tests/fuzz/stages.h"

namespace weir::fuzz {
namespace {

constexpr std::string_view kWays = ".pjhxnuce";

}  // namespace

/// How a child behaves, then the records that it is asked about: each gets its own answer or an
/// error, never another's.
void exec(std::string_view bytes) {
  Bytes input(bytes.substr(0, 200));
  std::string script = input.line().substr(0, 12);
  for (char& way : script) {
    if (kWays.find(way) == std::string_view::npos) {
      way = kWays[static_cast<unsigned char>(way) % kWays.size()];
    }
  }
  std::vector<Datum> questions;
  for (int i = 0; i < 12; ++i) {
    std::string text = std::to_string(i) + input.line();
    std::erase_if(text, [](char c) { return c == '\0' || c == '\r'; });
    questions.push_back({std::move(text), {}, {}});
  }
  const auto stage =
      fuzz::stage("exec", kit::map({{"command", kit::list({WEIR_FUZZ_CHILD, script})}}));
  expect(stage != nullptr, "exec refuses its options");
  stage->set_workers(1);
  const std::vector<Datum> answers = stage->transform(questions);
  expect(answers.size() == questions.size(), "exec lost or made records");
  std::size_t failed = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const bool good = answers[i].error.empty();
    failed += good ? 0 : 1;
    expect(!good || answers[i].text == "=" + questions[i].text,
           "'" + questions[i].text + "' got '" + answers[i].text + "' under " + script);
  }
  if (script.find_first_not_of(".pe") == std::string::npos) {
    expect(failed == 0, "a child that behaves well fails records under " + script);
  }
}

}  // namespace weir::fuzz
