#include <sys/mman.h>
#include <unistd.h>

#include <random>
#include <utility>

#include "stages/file/framer.h"
#include "stages/file/split_file.h"
#include "tests/fuzz/targets.h"
#include "tests/stages/file/feed.h"

namespace weir::fuzz {
namespace {

using stages::file::Framer;
using stages::file::LinePattern;
using stages::file::Rules;
using stages::test::Line;

/// Rules for files that are read in ranges.
Rules rules_of(Bytes& input) {
  Rules rules;
  rules.max_size = 1 + input.byte() * 4u;
  rules.max_size_shown = "max_record";
  const unsigned kind = input.byte() % 4;
  const std::string text = input.line();
  if (kind == 3) {
    rules.delimiter = text.substr(0, 1);
    rules.cut_cr = rules.delimiter.empty();
    if (rules.delimiter.empty()) rules.delimiter = "\n";
    return rules;
  }
  std::string problem;
  std::size_t offset = 0;
  const bool good = text.size() <= 32 && stages::file::is_pattern(text, problem, offset);
  rules.unit = Rules::Unit::multiline;
  rules.pattern =
      std::make_shared<LinePattern>(static_cast<LinePattern::Role>(kind), good ? text : "^[a{]");
  return rules;
}

/// What one reader makes of it that has all of it.
std::vector<Line> in_one(const Rules& rules, std::string_view content) {
  std::vector<Line> lines;
  Framer framer(rules);
  for (std::size_t at = 0; at < content.size();) {
    const std::string_view rest = content.substr(at);
    Framer::Cut cut{rest.size(), rest.size()};
    framer.restart();
    framer.find(rest, cut, true);
    const bool good = cut.size <= rules.max_size;
    lines.push_back(
        {0, at,
         std::string(rest.substr(0, good ? cut.size : std::min<std::size_t>(cut.size, 1024))),
         good ? "" : "too_long"});
    at += cut.next;
  }
  return lines;
}

}  // namespace

/// Rules, then a file: ranges of it, cut anywhere, have the records that one reader finds.
void ranges(std::string_view bytes) {
  Bytes input(bytes.substr(0, 8192));
  const Rules rules = rules_of(input);
  std::mt19937 random(input.byte());
  const std::uint64_t most = 1 + input.byte() * 8u;
  const std::string_view content = input.rest();
  if (content.empty()) return;
  stages::file::Fd fd(::memfd_create("ranges", MFD_CLOEXEC));
  expect(::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()),
         "no file");
  stages::file::SplitFile file;
  file.start(std::move(fd), "ranges", 0, 0, content.size());
  std::vector<Line> lines;
  while (!file.all_cut()) {
    Split split = file.cut(1 + random() % most);
    while (!split.done()) {
      stages::test::StingyArena arena(random, 0);
      stages::test::StingyFeed feed(arena, 1 + random() % 5, 1 + random() % 600);
      file.load(split, feed, rules);
      feed.collect(lines);
    }
  }
  expect(lines == in_one(rules, content), "ranges have other records than one reader finds");
}

}  // namespace weir::fuzz
