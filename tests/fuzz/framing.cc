#include "stages/file/framer.h"

#include <algorithm>
#include <utility>

#include "tests/fuzz/targets.h"

namespace weir::fuzz {
namespace {

using stages::file::Framer;
using stages::file::Rules;
using Cuts = std::vector<std::pair<std::size_t, std::size_t>>;

Rules rules_of(Bytes& input) {
  Rules rules;
  switch (input.byte() % 10) {
    case 0:
      break;
    case 1:
      rules.unit = Rules::Unit::csv;
      rules.separator = ',';
      break;
    case 2:
      rules.unit = Rules::Unit::csv;  // with a separator that is not known
      break;
    case 6:
      rules.unit = Rules::Unit::csv;
      rules.quote = '\'';
      rules.comment = "#";
      break;
    case 7:
      rules.unit = Rules::Unit::csv;
      rules.separator = ',';
      rules.comment = "//";
      break;
    case 8:
      rules.unit = Rules::Unit::csv;
      rules.quote = '\0';
      break;
    case 3:
      rules.cut_cr = false;
      rules.delimiter = "\r\n";
      break;
    case 5: {
      rules.unit = Rules::Unit::multiline;
      const auto role = static_cast<stages::file::LinePattern::Role>(input.byte() % 3);
      std::string pattern = input.line();
      std::string problem;
      std::size_t offset = 0;
      const bool good = pattern.size() <= 32 && stages::file::is_pattern(pattern, problem, offset);
      rules.pattern = std::make_shared<stages::file::LinePattern>(role, good ? pattern : "^a");
      break;
    }
    default:
      rules.cut_cr = false;
      rules.delimiter = input.line().substr(0, 8);
      if (rules.delimiter.empty()) rules.delimiter = "\n";
      break;
  }
  return rules;
}

/// Beginning and size of each record in `content`, which arrives in pieces of `step` bytes; `drop`:
/// what the framer need not see again is gone.
Cuts cuts_of(const Rules& rules, std::string_view content, std::size_t step, bool drop) {
  Cuts cuts;
  Framer framer(rules);
  std::size_t begin = 0, dropped = 0;
  for (std::size_t there = 0; there < content.size();) {
    there = std::min(there + step, content.size());
    const auto find = [&](Framer::Cut& cut) {
      // A copy, behind which a sanitizer sees who looks too far.
      const std::string bytes(content.substr(begin + dropped, there - begin - dropped));
      return framer.find(bytes, cut);
    };
    for (Framer::Cut cut; find(cut); dropped = 0) {
      expect(cut.size <= cut.next && cut.next > 0, "a record that ends before it begins");
      cuts.emplace_back(begin, dropped + cut.size);
      begin += dropped + cut.next;
      expect(begin <= there, "a record beyond what is there");
    }
    if (!drop) continue;
    const std::size_t size = framer.droppable();
    framer.dropped(size);
    dropped += size;
  }
  return cuts;
}

}  // namespace

/// Rules, then a file: where its records end does not depend on the pieces that it arrives in.
void framing(std::string_view bytes) {
  Bytes input(bytes.substr(0, 4096));
  const Rules rules = rules_of(input);
  const std::size_t step = 2 + input.byte() % 64;
  const Cuts whole = cuts_of(rules, input.rest(), input.rest().size() + 1, false);
  expect(cuts_of(rules, input.rest(), 1, false) == whole, "records depend on bytes one by one");
  expect(cuts_of(rules, input.rest(), 1, true) == whole, "records depend on what is dropped");
  expect(cuts_of(rules, input.rest(), step, false) == whole, "records depend on the pieces");
  expect(cuts_of(rules, input.rest(), step, true) == whole, "records depend on dropped pieces");
}

}  // namespace weir::fuzz
