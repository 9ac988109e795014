#include "tests/fuzz/stages.h"

namespace weir::fuzz {

/// A pattern, a replacement and lines that they are used on.
void regex(std::string_view bytes) {
  Bytes input(bytes);
  const std::string pattern = input.line();
  const std::string replacement = input.line();
  std::vector<Datum> lines;
  while (!input.empty()) lines.push_back({input.line(), {{"a", "\"x\""}}, {}});
  const auto match =
      stage("regex.match",
            kit::map({{"pattern", kit::scalar(pattern)}, {"on_mismatch", kit::scalar("keep")}}));
  if (match) {
    expect(match->transform_at_every_cut(lines).size() == lines.size(),
           "regex.match lost or made records");
  }
  const auto replace =
      stage("regex.replace",
            kit::map({{"pattern", kit::scalar(pattern)}, {"to", kit::scalar(replacement)}}));
  if (replace) {
    expect(replace->transform_at_every_cut(lines).size() == lines.size(),
           "regex.replace lost or made records");
  }
}

}  // namespace weir::fuzz
