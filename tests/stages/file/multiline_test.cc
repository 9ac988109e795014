#include <fcntl.h>
#include <zstd.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>

#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

/// The same, compressed, so that one thread reads it.
std::string packed(const std::string& content) {
  std::string out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), content.data(), content.size(), 1));
  return out;
}

using Role = file::LinePattern::Role;

/// A pattern, and what it means said without it.
struct Rule {
  Role role;
  const char* key;
  const char* pattern;
  std::function<bool(std::string_view)> matches;
};

const std::vector<Rule>& all_rules() {
  static const auto begins = [](std::string_view line) { return line.starts_with('a'); };
  static const std::vector<Rule> rules = {
      {Role::begin, "begin", "^a", begins},
      {Role::continues, "continue", "^[^a]|^$",
       [](std::string_view line) { return !line.starts_with('a'); }},
      {Role::begin, "begin", "^[b-x]",
       [](std::string_view line) { return !line.empty() && line[0] >= 'b' && line[0] <= 'x'; }},
      {Role::continues, "continue", "^b*x",
       [](std::string_view line) {
         return line.substr(std::min(line.find_first_not_of('b'), line.size())).starts_with('x');
       }},
      {Role::end, "end", "b$", [](std::string_view line) { return line.ends_with('b'); }},
      {Role::begin, "begin", "^$", [](std::string_view line) { return line.empty(); }},
      {Role::end, "end", "^$", [](std::string_view line) { return line.empty(); }},
      {Role::continues, "continue", "^$", [](std::string_view line) { return line.empty(); }},
      {Role::begin, "begin", "never", [](std::string_view) { return false; }},
      {Role::end, "end", "", [](std::string_view) { return true; }},
  };
  return rules;
}

TEST_CASE("a line is found whatever it begins with that the pattern allows") {
  const auto found = [](const std::string& pattern, std::string_view line) {
    return file::LineMatcher(pattern).found(line, line.size());
  };
  CHECK(found("^[0-9]", "1x"));
  CHECK_FALSE(found("^[0-9]", "\tat"));
  CHECK_FALSE(found("^[0-9]", ""));
  CHECK(found("^a*b", "b"));
  CHECK(found("^a?", ""));
  CHECK(found("^a|b", "xb"));
  CHECK(found("^*b", "xb"));
  CHECK(found("(?m)^b", "x\nb"));
  CHECK(found("^(?i)k", "k"));
  CHECK(found("^(?i)k", "\xe2\x84\xaa"));
  CHECK(found("^[^a]", "\xff"));
  CHECK(found("^.", "\xe4\xff"));
  CHECK(found("^ä", "\xc3\xa4\xff"));
  CHECK_FALSE(found("^ä", "a\xff"));
  CHECK(found("^[ -~]", "~"));
  CHECK_FALSE(found("^[!-~]", " "));
}

/// The oracle: cuts into lines, and puts them together.
std::vector<Line> records_of(const Rule& rule, std::string_view content) {
  std::vector<Line> records;
  bool open = false;
  std::string_view text;
  std::size_t begin = 0;
  const auto close = [&](std::size_t end) {
    text = content.substr(begin, end - begin);
    if (text.ends_with('\n')) {
      text.remove_suffix(1);
      if (text.ends_with('\r')) text.remove_suffix(1);
    }
    records.push_back({0, begin, std::string(text), {}});
    open = false;
  };
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t newline = content.find('\n', at);
    const bool ends = newline != std::string_view::npos;
    std::string_view line = content.substr(at, ends ? newline - at : newline);
    if (ends && line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t next = ends ? newline + 1 : content.size();
    const bool matches = rule.matches(line);
    if (open && rule.role != Role::end && matches == (rule.role == Role::begin)) close(at);
    if (!open) begin = at;
    open = true;
    if (rule.role == Role::end && matches) close(next);
    at = next;
  }
  if (open) close(content.size());
  return records;
}

file::FileReadOptions options_for(const Rule& rule, const std::string& path) {
  file::FileReadOptions options;
  options.path = {path};
  options.framing.key = rule.key;
  auto& keys = options.framing.keys;
  auto& member = rule.role == Role::begin       ? keys.begin
                 : rule.role == Role::continues ? keys.continues
                                                : keys.end;
  member = Pattern{rule.pattern};
  return options;
}

file::Rules rules_for(const Rule& rule, std::size_t max_size = 1u << 20) {
  file::Rules rules;
  rules.unit = file::Rules::Unit::multiline;
  rules.pattern = std::make_shared<file::LinePattern>(rule.role, rule.pattern);
  rules.max_size = max_size;
  rules.max_size_shown = "max_record";
  return rules;
}

/// What ranges of these sizes make of a file; the last one has the rest.
std::vector<Line> loaded(const std::string& path, const file::Rules& rules,
                         const std::vector<std::uint64_t>& sizes, std::mt19937& random) {
  file::SplitFile splits;
  const std::string content = content_of(path);
  file::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  splits.start(std::move(fd), path, 0, 0, content.size());
  std::vector<Line> lines;
  for (std::size_t i = 0; !splits.all_cut(); ++i) {
    Split split = splits.cut(i < sizes.size() ? sizes[i] : content.size());
    while (!split.done()) {
      StingyArena arena(random, 0);
      StingyFeed feed(arena, 1 + random() % 4, 1 + random() % 500);
      splits.load(split, feed, rules);
      feed.collect(lines);
    }
  }
  return lines;
}

std::string small_content(std::mt19937& random) {
  std::string content;
  for (unsigned n = random() % 40; n > 0; --n) content += "aabbx\n\n\r"[random() % 8];
  if (random() % 3 == 0) content += "\r\n";
  return content;
}

TEST_CASE("records of several lines are the same whatever byte ranges are cut at") {
  const Folder directory;
  std::mt19937 random(71);
  for (int round = 0; round < 40; ++round) {
    const std::string content = small_content(random);
    if (content.empty()) continue;
    const std::string path = directory.write("lines", content);
    for (const Rule& rule : all_rules()) {
      INFO(rule.key << " '" << rule.pattern << "' of '" << content << "'");
      const std::vector<Line> expected = records_of(rule, content);
      const file::Rules rules = rules_for(rule);
      for (std::uint64_t at = 1; at <= content.size(); ++at) {
        CHECK(loaded(path, rules, {at}, random) == expected);
      }
      CHECK(loaded(path, rules, std::vector<std::uint64_t>(content.size(), 1), random) == expected);
    }
  }
}

TEST_CASE("records of several lines are read from pipes and compressed files as from ranges") {
  const Folder directory;
  std::mt19937 random(73);
  for (int round = 0; round < 20; ++round) {
    const std::string content = random_lines(random, random() % 40'000, 1 + random() % 6'000);
    const std::string path = directory.write("lines", content);
    const std::string by_one = directory.write("packed", packed(content));
    for (const Rule& rule : all_rules()) {
      INFO("round " << round << ", " << rule.key << " '" << rule.pattern << "'");
      const std::vector<Line> expected = records_of(rule, content);
      CHECK(read_lines(framed(path, rule.key, rule.pattern)) == expected);
      CHECK(read_lines(framed(by_one, rule.key, rule.pattern)) == expected);
    }
  }
}

TEST_CASE("memory that runs out loses no record of several lines, nor does one that is too long") {
  const Folder directory;
  std::mt19937 random(79);
  for (int round = 0; round < 20; ++round) {
    const std::string content = random_lines(random, random() % 60'000, 1 + random() % 9'000);
    const std::string path = directory.write("lines", content);
    const std::string by_one = directory.write("packed", packed(content));
    const std::size_t most = round % 3 == 0 ? 50 : round % 3 == 1 ? 3'000 : 1'000'000;
    for (const Rule& rule : all_rules()) {
      INFO("round " << round << ", " << rule.key << " '" << rule.pattern << "', " << most);
      const std::vector<Line> expected = limited(records_of(rule, content), most);
      for (const unsigned refuse_one_in : {0u, 3u}) {
        for (const std::string& from : {path, by_one}) {
          file::FileReadOptions options = options_for(rule, from);
          options.max_record = Bytes{most};
          CHECK(read_stingily(options, random, refuse_one_in).lines == expected);
        }
      }
    }
  }
}

TEST_CASE("of a long line, begin and continue see the first 64 KiB, and end sees the record") {
  const Folder directory;
  std::mt19937 random(83);
  constexpr std::size_t kSeen = file::LinePattern::kUsualLine;
  const auto ends = [](std::string_view line) { return line.ends_with("b"); };
  const auto ends_early = [](std::string_view line) {
    return line.size() <= kSeen && line.ends_with("b");
  };
  const Rule rules[] = {{Role::begin, "begin", "b$", ends_early},
                        {Role::continues, "continue", "b$", ends_early},
                        {Role::end, "end", "b$", ends}};
  for (const std::size_t size : {kSeen - 1, kSeen, kSeen + 1, kSeen + 2, 5 * kSeen}) {
    for (const char* end : {"b\n", "b\r\n", "\n", "b\r", "b"}) {
      const std::string line = std::string(size - (*end == 'b' ? 1 : 0), 'x') + end;
      const std::string content = "x\nb\n" + line + line + "x\r\nb\nx";
      const std::string path = directory.write("lines", content);
      const std::string by_one = directory.write("packed", packed(content));
      for (const Rule& rule : rules) {
        INFO(rule.key << ", " << size << " bytes");
        const std::vector<Line> expected = records_of(rule, content);
        CHECK(read_lines(framed(path, rule.key, rule.pattern)) == expected);
        CHECK(read_lines(framed(by_one, rule.key, rule.pattern)) == expected);
        for (int i = 0; i < 4; ++i) {
          const std::vector<std::uint64_t> sizes(200, 1 + random() % content.size());
          CHECK(loaded(path, rules_for(rule), sizes, random) == expected);
        }
      }
    }
  }
}

TEST_CASE("the error of a record without an end names the pattern") {
  const Folder directory;
  const std::string path = directory.write("lines", "a\n" + std::string(3'000, 'x') + "\nbb\na\n");
  const auto message = [&](const char* key, const char* pattern) {
    const Registry registry = file_registry();
    kit::StageKit kit(registry, "file.read",
                      framed(path, key, pattern, {{"max_record", kit::scalar("2KiB")}}));
    return kit.read()[0].error;
  };
  const auto longer = [](const char* size) {
    return std::string(" in a record of ") + size + " bytes, longer than max_record (2KiB)";
  };
  CHECK(message("begin", "^a") == "too_long: no line matched 'begin'" + longer("3005"));
  CHECK(message("continue", "^.") == "too_long: every line matched 'continue'" + longer("3007"));
  CHECK(message("end", "b$") == "too_long: no line matched 'end'" + longer("3005"));
}

TEST_CASE("no record spans two files, and a byte order mark is in none") {
  const Folder directory;
  const std::string a = directory.write("a",
                                        "\xef\xbb\xbf"
                                        "a1\nx\n");
  const std::string b = directory.write("b", "y\na2\n\n");
  const std::string empty = directory.write("c", "");
  const Node all = kit::map(
      {{"path", kit::list({a, b, empty})}, {"framing", kit::map({{"begin", kit::scalar("^a")}})}});
  const std::vector<Line> expected = {{0, 3, "a1\nx", {}}, {1, 0, "y", {}}, {1, 2, "a2\n", {}}};
  CHECK(read_lines(all) == expected);
}

TEST_CASE("a line that is not UTF-8 is searched by bytes") {
  const Folder directory;
  const std::string path = directory.write("latin1", "\xe4 1\nb\n\xe4 2\n");
  std::vector<std::string> texts;
  for (const Line& line : read_lines(framed(path, "begin", "^. \\d"))) texts.push_back(line.text);
  CHECK(texts == std::vector<std::string>{"\xe4 1\nb", "\xe4 2"});
}

}  // namespace
}  // namespace weir::stages::test
