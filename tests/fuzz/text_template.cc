#include "tests/fuzz/stages.h"
#include "weir/template.h"

namespace weir::fuzz {

/// A template; doubled braces stand for themselves.
void text_template(std::string_view bytes) {
  const std::string text(bytes);
  const std::vector<Datum> records = {{"text", {{"a", "1"}, {"b", "{\"c\":\"x\"}"}}, {}}};
  if (const auto format = stage("text.format", kit::map({{"template", kit::scalar(text)}}))) {
    expect(format->transform(records).size() == 1, "text.format lost or made records");
  }
  std::string doubled;
  for (const char c : text) doubled.append(c == '{' || c == '}' ? 2 : 1, c);
  Template literal;
  const Template::Problem problem = Template::parse(doubled, literal);
  expect(problem.message.empty(), "doubled braces are a mistake: " + problem.message);
  expect(literal.pieces().size() == 1 && literal.pieces()[0].literal == text,
         "doubled braces are not themselves");
}

}  // namespace weir::fuzz
