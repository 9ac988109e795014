#include <catch2/catch.hpp>

#include "tests/stages/file/feed.h"

namespace weir::stages::test {
namespace {

/// The oracle: one byte after the other. An error is a line with the kind "json".
class Plain {
 public:
  Plain(std::string_view content, bool line_feeds) : content_(content), line_feeds_(line_feeds) {}

  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

  /// Where the value at `at` ends, or with `broken` where it is no value.
  std::size_t value_end(std::size_t at, bool& broken) const {
    broken = false;
    std::string open;
    // What may follow: n name, c comma or end, v value.
    char next = 'v';
    for (; at < content_.size(); ++at) {
      const char c = content_[at];
      if (blank(c)) continue;
      const bool array = !open.empty() && open.back() == '[';
      if (c == '"') {
        for (++at; at < content_.size() && content_[at] != '"'; ++at) {
          if (content_[at] == '\n' && line_feeds_) break;
          const bool escape = content_[at] == '\\' && at + 1 < content_.size();
          if (escape && !(content_[at + 1] == '\n' && line_feeds_)) ++at;
        }
        broken = at >= content_.size() || content_[at] != '"';
        if (broken) return std::min(at, content_.size());
        if (open.empty()) return at + 1;
        valued_ = true;
      } else if (c == '{' || c == '[') {
        broken = next != 'v' || (valued_ && !open.empty());
        if (broken) return at;
        open += c;
        next = c == '{' ? 'n' : 'v';
        valued_ = false;
      } else if (c == '}' || c == ']') {
        broken = open.empty() || array != (c == ']');
        if (broken) return at;
        open.pop_back();
        if (open.empty()) return at + 1;
        next = 'c';
      } else if (c == ',') {
        broken = open.empty() || next == 'n';
        if (broken) return at;
        next = open.back() == '{' ? 'n' : 'v';
        valued_ = false;
      } else if (c == ':') {
        broken = open.empty() || next != 'n';
        if (broken) return at;
        next = 'v';
        valued_ = false;
      } else if (c == '\\' && !open.empty()) {
        broken = true;
        return at;
      } else if (open.empty()) {
        while (at < content_.size() &&
               std::string_view(" \t\r\n{}[]:,\"").find(content_[at]) == std::string_view::npos) {
          ++at;
        }
        return at;
      } else {
        valued_ = true;
      }
    }
    broken = true;
    return content_.size();
  }

 private:
  std::string_view content_;
  bool line_feeds_;
  /// Whether something stands behind the last colon, comma or bracket.
  mutable bool valued_ = false;
};

void add_error(std::vector<Line>& lines, std::size_t at, std::string_view text) {
  lines.push_back({0, at, std::string(text.substr(0, 1024)), "json"});
}

std::vector<Line> values_of(std::string_view content) {
  std::vector<Line> lines;
  const Plain plain(content, true);
  for (std::size_t at = 0; at < content.size();) {
    if (Plain::blank(content[at])) {
      ++at;
      continue;
    }
    bool broken = false;
    const std::size_t end = plain.value_end(at, broken);
    if (!broken) {
      lines.push_back({0, at, std::string(content.substr(at, end - at)), {}});
      at = end;
      continue;
    }
    const std::size_t passed = std::max(end, at + 1);
    add_error(lines, at, content.substr(at, passed - at));
    at = passed;
    while (at < content.size() &&
           (content[at - 1] != '\n' || (content[at] != '{' && content[at] != '['))) {
      ++at;
    }
  }
  return lines;
}

Node json(const std::string& path) { return with({{"path", path}, {"framing", "json"}}); }

std::vector<Line> elements(const std::string& path, const std::string& array) {
  return read_lines(array.empty() ? with({{"path", path}, {"framing", "json_array"}})
                                  : framed(path, "json_array", array));
}

std::vector<std::string> told(const Node& options) {
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read", options);
  std::vector<std::string> all;
  for (const kit::Datum& datum : kit.read()) {
    all.push_back(datum.error.empty() ? datum.text : datum.error);
  }
  return all;
}

/// A value, sometimes with mistakes.
std::string random_value(std::mt19937& random, int depth, unsigned mistakes) {
  const auto chance = [&](unsigned n) { return random() % n == 0; };
  if (mistakes > 0 && chance(mistakes)) {
    constexpr std::string_view kBytes = "{}[]:,\"\\\n 1x";
    return std::string(1, kBytes[random() % kBytes.size()]);
  }
  const auto blanks = [&] { return std::string(random() % 3 == 0 ? random() % 70 : 0, ' '); };
  switch (depth > 4 ? random() % 3 : random() % 6) {
    case 0:
      return std::to_string(random() % 100'000);
    case 1: {
      std::string text = "\"";
      for (unsigned n = random() % 90; n > 0; --n) {
        constexpr std::string_view kPieces[] = {"a", "\\\"", "\\\\", "{", "]",
                                                ",", ":",    "\\n",  "b"};
        text += kPieces[random() % std::size(kPieces)];
      }
      return text + "\"";
    }
    case 2:
      return chance(2) ? "true" : "null";
    case 3:
    case 4: {
      std::string text = "{" + blanks();
      for (unsigned n = random() % 5; n > 0; --n) {
        text += "\"k\"" + blanks() + ":" + (chance(3) ? "\n" : "") +
                random_value(random, depth + 1, mistakes) + (n > 1 ? "," : "");
      }
      return text + blanks() + "}";
    }
    default: {
      std::string text = "[";
      for (unsigned n = random() % 5; n > 0; --n) {
        text += random_value(random, depth + 1, mistakes) + (n > 1 ? "," + blanks() : "");
      }
      return text + (chance(3) ? "\n" : "") + "]";
    }
  }
}

TEST_CASE("json values are cut as an oracle cuts them, one byte after the other") {
  const Folder directory;
  std::mt19937 random(91);
  for (int round = 0; round < 150; ++round) {
    std::string content;
    const unsigned mistakes = round % 3 == 0 ? 0 : 4 + random() % 60;
    for (unsigned n = random() % 40; n > 0; --n) {
      content += random_value(random, 0, mistakes);
      content += std::string_view("\n\n \n\r\n")[random() % 6];
    }
    if (random() % 2 == 0) content.resize(content.size() - content.size() / (1 + random() % 9));
    const std::string path = directory.write("values", content);
    INFO("round " << round << ": " << content);
    const std::vector<Line> expected = values_of(content);
    CHECK(read_lines(json(path)) == expected);
    file::FileReadOptions options;
    options.path = {path};
    options.framing.choice = file::FramingChoice::json;
    CHECK(read_stingily(options, random, 3).lines == expected);
  }
}

TEST_CASE("a broken json value is an error, and reading goes on at the next line") {
  const Folder directory;
  const auto read = [&](const std::string& content) {
    const std::string path = directory.write("values", content);
    return told(json(path));
  };
  using Told = std::vector<std::string>;
  CHECK(read("") == Told{});
  CHECK(read(" \n\r\n\t") == Told{});
  CHECK(read("{}[]{\"a\":[1]}1 2\"x\"\"y\"null") ==
        Told{"{}", "[]", "{\"a\":[1]}", "1", "2", "\"x\"", "\"y\"", "null"});
  CHECK(read("{\n \"a\": 1\n}\n{\n \"b\": 2\n}\n") == Told{"{\n \"a\": 1\n}", "{\n \"b\": 2\n}"});
  CHECK(read("{\"a\":1\n{\"b\":2}\n") == Told{"json: expected ',' or '}', got '{'", "{\"b\":2}"});
  CHECK(read("{\"a\":\"x\n{\"b\":2}\n") ==
        Told{"json: expected '\"', got a line break", "{\"b\":2}"});
  CHECK(read("[1}2\n3\n[4]") == Told{"json: expected ',' or ']', got '}'", "[4]"});
  CHECK(read("{}}{}\n{}") == Told{"{}", "json: expected a value, got '}'", "{}"});
  CHECK(read("{\"a\":[1,") == Told{"json: expected ']', got the end"});
  CHECK(read("{\"a\":\"") == Told{"json: expected '\"', got the end"});
  CHECK(read(std::string(1024, '[') + std::string(1024, ']')).front().starts_with("[[["));
  CHECK(read(std::string(1025, '[') + "\n[]") ==
        Told{"json: expected at most 1024 levels, got '['", "[]"});
}

TEST_CASE("a json value longer than max_record is an error in its place, and passed") {
  const Folder directory;
  std::mt19937 random(93);
  const std::string large = "{\"a\":[\"" + std::string(300'000, 'x') + "\",{}]}";
  const std::string path = directory.write("values", "{\"b\":1}" + large + "\n {}" + large + "[1]");
  const std::vector<Line> expected = limited({{0, 0, "{\"b\":1}", {}},
                                              {0, 7, large, {}},
                                              {0, 9 + large.size(), "{}", {}},
                                              {0, 11 + large.size(), large, {}},
                                              {0, 11 + 2 * large.size(), "[1]", {}}},
                                             2'000);
  CHECK(read_lines(with({{"path", path}, {"framing", "json"}, {"max_record", "2000"}})) ==
        expected);
  const std::string open =
      directory.write("open", "{\"b\":\"" + std::string(300'000, 'x') + "\n[1]");
  const auto told_of = told(with({{"path", open}, {"framing", "json"}, {"max_record", "2000"}}));
  CHECK(told_of == std::vector<std::string>{"json: expected '\"', got a line break", "[1]"});
}

TEST_CASE("the elements of a json array are records") {
  const Folder directory;
  const std::string inner =
      R"({"meta":{"items":[0]},"data":{"n":"]","it\u0065ms":[ {"a":1} ,[2,"]"],
  3 , "x","y"  ,null]  ,"more":[{}]},"z":1} )";
  const std::string path = directory.write("doc", inner);
  std::vector<std::string> texts;
  for (const Line& line : elements(path, "data.items")) {
    CHECK(line.error.empty());
    CHECK(inner.substr(line.position, line.text.size()) == line.text);
    texts.push_back(line.text);
  }
  CHECK(texts == std::vector<std::string>{"{\"a\":1}", "[2,\"]\"]", "3", "\"x\"", "\"y\"", "null"});
  CHECK(elements(directory.write("doc", "[]"), "").empty());
  CHECK(elements(directory.write("doc", " [ ] \n"), "").empty());
  CHECK(elements(directory.write("doc", "{\"a\":[]}"), "a").empty());
}

TEST_CASE("what is wrong with the document of a json array is an error behind all whole elements") {
  const Folder directory;
  const auto read = [&](const std::string& content, const std::string& array = "") {
    const std::string path = directory.write("doc", content);
    return told(array.empty() ? with({{"path", path}, {"framing", "json_array"}})
                              : framed(path, "json_array", array));
  };
  using Told = std::vector<std::string>;
  CHECK(read("") == Told{"json: expected '[', got nothing"});
  CHECK(read(" \n", "a") == Told{"json: expected '{', got nothing"});
  CHECK(read("{\"a\":1}") == Told{"json: expected '[', got '{'"});
  CHECK(read("[1,2", "a") == Told{"json: expected '{', got '['"});
  CHECK(read("[1,2") == Told{"1", "json: expected ']', got the end"});
  CHECK(read("[1,{}") == Told{"1", "{}", "json: expected ',' or ']', got the end"});
  CHECK(read("[1,") == Told{"1", "json: expected ']', got the end"});
  CHECK(read("[") == Told{"json: expected ']', got the end"});
  CHECK(read("[{}]x") == Told{"{}", "json: expected the end, got 'x'"});
  CHECK(read("[{}][]") == Told{"{}", "json: expected the end, got '['"});
  CHECK(read("[1 2]") == Told{"1", "json: expected ',' or ']', got '2'"});
  CHECK(read("[1,]") == Told{"1", "json: expected a value, got ']'"});
  CHECK(read("[{\"a\":[}]") == Told{"json: expected ',' or ']', got '}'"});
  CHECK(read("{\"data\":{\"item\":[1]}}", "data.items") ==
        Told{"json: missing array 'data.items'"});
  CHECK(read("{\"data\":{\"items\":5}}", "data.items") == Told{"json: missing array 'data.items'"});
  CHECK(read("{\"data\":[1]}", "data.items") == Told{"json: missing array 'data.items'"});
  CHECK(read("{}", "a") == Told{"json: missing array 'a'"});
  CHECK(read("{\"b\":1", "a") == Told{"json: expected '}', got the end"});
  CHECK(read("{\"b\":[", "a") == Told{"json: expected ']', got the end"});
  CHECK(read("{\"a\":[1]", "a") == Told{"1", "json: expected '}', got the end"});
  CHECK(read("{\"a\":[1]]", "a") == Told{"1", "json: expected ',' or '}', got ']'"});
}

TEST_CASE("elements of any size are read with members of any size around them") {
  const Folder directory;
  std::mt19937 random(95);
  const std::string large(400'000, 'x');
  for (int round = 0; round < 20; ++round) {
    std::string content = "{\"" + large + "\":[\"" + large + "\"],\"a\":{\"b\":[";
    std::vector<Line> expected;
    for (unsigned i = 0, n = 1 + random() % 200; i < n; ++i) {
      content += std::string(random() % 9 == 0 ? random() % 200'000 : random() % 3, ' ');
      std::string value = random() % 20 == 0 ? '"' + large + '"' : random_value(random, 0, 0);
      expected.push_back({0, content.size(), value, {}});
      content += value + (i + 1 < n ? "," : "");
    }
    content += "\n],\"c\":\"" + large + "\"},\"d\":[{}]}";
    const std::string path = directory.write("doc", content);
    INFO("round " << round);
    file::FileReadOptions options;
    options.path = {path};
    options.framing.key = "json_array";
    options.framing.keys.json_array = "a.b";
    CHECK(read_stingily(options, random, 0).lines == expected);
    CHECK(read_stingily(options, random, 3).lines == expected);
    options.max_record = Bytes{1'000};
    CHECK(read_stingily(options, random, 3).lines == limited(expected, 1'000));
  }
}

TEST_CASE("json of several files is read file by file") {
  const Folder directory;
  const std::string a = directory.write("a", "\xef\xbb\xbf[1,2]");
  const std::string b = directory.write("b", "[3");
  const std::string c = directory.write("c", "[4]");
  const Node all =
      kit::map({{"path", kit::list({a, b, c})}, {"framing", kit::scalar("json_array")}});
  const std::vector<Line> expected = {
      {0, 4, "1", {}}, {0, 6, "2", {}}, {1, 1, "3", "json"}, {2, 1, "4", {}}};
  CHECK(read_lines(all) == expected);
}

}  // namespace
}  // namespace weir::stages::test
