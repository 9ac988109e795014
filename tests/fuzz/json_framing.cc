#include "stages/file/framer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "tests/fuzz/targets.h"

namespace weir::fuzz {
namespace {

using stages::file::Cut;
using stages::file::Framer;
using stages::file::Rules;

Rules rules_of(Bytes& input) {
  Rules rules;
  const unsigned kind = input.byte() % 4;
  rules.unit = kind == 0 ? Rules::Unit::json : Rules::Unit::json_array;
  for (unsigned i = 1; i < kind; ++i) rules.path.push_back(input.line().substr(0, 16));
  for (const std::string& step : rules.path) rules.path_shown += "." + step;
  return rules;
}

/// A record or an error, by its place and size.
struct Found {
  std::size_t begin = 0;
  std::size_t size = 0;
  std::string problem;
  bool operator==(const Found&) const = default;
};

/// What is found in `content`, which arrives in pieces of `step` bytes. `again`: before each record
/// the framer looks on behind it, and is sent back.
std::vector<Found> found_in(const Rules& rules, std::string_view content, std::size_t step,
                            bool again) {
  std::vector<Found> found;
  Framer framer(rules);
  std::size_t begin = 0;
  std::size_t empty = 0;
  for (std::size_t there = 0;;) {
    there = std::min(there + step, content.size());
    // A copy, behind which a sanitizer sees who looks too far.
    const std::string bytes(content.substr(begin, there - begin));
    const bool all = there == content.size();
    std::string_view left = bytes;
    for (Cut cut; framer.find(left, cut, all);) {
      expect(cut.size <= cut.next && cut.next <= left.size(), "a cut beyond what is there");
      // A scalar may have ended with the piece before: then nothing more of it is passed.
      expect(cut.next > 0 || (left.empty() && cut.kind == Cut::Kind::error) ||
                 (cut.kind == Cut::Kind::nothing && ++empty <= content.size()),
             "a cut of nothing");
      const bool record = cut.kind == Cut::Kind::record;
      if (record || cut.kind == Cut::Kind::error) {
        found.push_back({begin, cut.size, record ? "" : framer.problem()});
      }
      if (record && again) {
        Cut other;
        framer.find(left.substr(cut.next), other, all);
        framer.restart();
        expect(framer.find(left, other, all) && other.size == cut.size && other.kind == cut.kind,
               "another record when looked for again");
        cut = other;
      }
      framer.taken(cut);
      left.remove_prefix(cut.next);
      begin += cut.next;
    }
    if (all) {
      expect(left.empty(), "bytes that nobody takes");
      return found;
    }
  }
}

}  // namespace

/// The path of an array, or none, then a file: what is found does not depend on the pieces that it
/// arrives in. An error's size does, where what is wrong is looked at byte by byte.
void json_framing(std::string_view bytes) {
  Bytes input(bytes.substr(0, 4096));
  const Rules rules = rules_of(input);
  const std::size_t step = 2 + input.byte() % 100;
  const std::string_view content = input.rest();
  const auto whole = found_in(rules, content, content.size() + 1, false);
  expect(found_in(rules, content, content.size() + 1, true) == whole,
         "records depend on a restart");
  expect(found_in(rules, content, 1, false) == whole, "records depend on bytes one by one");
  expect(found_in(rules, content, step, false) == whole, "records depend on the pieces");
  expect(found_in(rules, content, step, true) == whole, "records depend on pieces and restarts");
}

}  // namespace weir::fuzz
