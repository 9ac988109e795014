#include <catch2/catch.hpp>

#include "stages/file/framer.h"
#include "tests/stages/file/fixture.h"

namespace weir::stages::test {
namespace {

using file::Framer;
using file::Rules;

/// Cuts `content` while it arrives in pieces of up to `most` bytes; `drop`: forgets what the framer
/// no longer needs, as for a record that is too long. The sizes and beginnings of all records.
std::vector<std::pair<std::size_t, std::size_t>> cut_in_pieces(const Rules& rules,
                                                               const std::string& content,
                                                               std::mt19937& random,
                                                               std::size_t most, bool drop) {
  std::vector<std::pair<std::size_t, std::size_t>> records;
  Framer framer(rules);
  std::size_t begin = 0;    // of the record
  std::size_t dropped = 0;  // bytes at its front
  for (std::size_t there = 0; there < content.size();) {
    there = std::min(there + 1 + random() % most, content.size());
    Framer::Cut found;
    // A copy, behind which the bytes that have not come cannot be seen.
    const auto bytes = [&] { return content.substr(begin + dropped, there - begin - dropped); };
    while (framer.find(bytes(), found)) {
      records.emplace_back(begin, dropped + found.size);
      begin += dropped + found.next;
      dropped = 0;
    }
    const std::size_t droppable = drop ? framer.droppable() : 0;
    framer.dropped(droppable);
    dropped += droppable;
  }
  return records;
}

TEST_CASE("where records end does not depend on the pieces that they arrive in") {
  std::mt19937 random(61);
  Rules lines;
  Rules two_bytes;
  two_bytes.delimiter = "\r\n";
  two_bytes.cut_cr = false;
  Rules three_bytes = two_bytes;
  three_bytes.delimiter = "aab";
  Rules csv;
  csv.unit = Rules::Unit::csv;
  csv.separator = ',';
  Rules comments = csv;
  comments.comment = "ab";
  comments.quote = 'b';
  Rules plain = csv;
  plain.quote = '\0';
  for (int round = 0; round < 200; ++round) {
    std::string content;
    for (unsigned n = random() % 300; n > 0; --n) content += "aab,\"\"\r\n"[random() % 8];
    for (const Rules* rules : {&lines, &two_bytes, &three_bytes, &csv, &comments, &plain}) {
      const auto whole = cut_in_pieces(*rules, content, random, 1'000'000, false);
      INFO(content);
      CHECK(cut_in_pieces(*rules, content, random, 1, false) == whole);
      CHECK(cut_in_pieces(*rules, content, random, 1, true) == whole);
      CHECK(cut_in_pieces(*rules, content, random, 9, true) == whole);
    }
  }
}

}  // namespace
}  // namespace weir::stages::test
