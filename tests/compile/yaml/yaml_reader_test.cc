#include "graph/compile/yaml/yaml_reader.h"

#include <catch2/catch.hpp>

using namespace weir;
using namespace weir::compile;

namespace {

struct Read {
  std::optional<weir::Node> root;
  std::string complaints;
};

Read read(std::string_view text) {
  const text::SourceText source(text);
  Diagnostics diagnostics("p.yaml");
  Read result{read_yaml(source, diagnostics), {}};
  for (const text::Diagnostic& d : diagnostics.take()) result.complaints += render(d, text);
  return result;
}

/// A tree that must be there.
weir::Node tree(std::string_view text) {
  Read result = read(text);
  INFO(result.complaints);
  REQUIRE(result.root);
  CHECK(result.complaints.empty());
  return *result.root;
}

}  // namespace

TEST_CASE("keys and scalars are marked where they stand") {
  const weir::Node root = tree("name: abc\nlong key:   \"quoted\"  # comment\n'k': 'it''s'\n");
  REQUIRE(root.entries.size() == 3);
  CHECK(root.entries[0].key.mark == Mark{1, 1, 4});
  CHECK(root.entries[0].value.mark == Mark{1, 7, 3});
  CHECK(root.entries[1].key.mark == Mark{2, 1, 8});
  CHECK(root.entries[1].value.mark == Mark{2, 13, 8});
  CHECK(root.entries[2].key.mark == Mark{3, 1, 3});
  CHECK(root.entries[2].value.mark == Mark{3, 6, 7});
  CHECK(root.entries[2].value.text == "it's");
}

TEST_CASE("a block map or list that is a value is marked at its key, a flow one at its bracket") {
  const weir::Node root = tree("with:\n  path: x\nlist:\n  - a\nflow: {a: b}\nrow: [a]\n");
  CHECK(root.find("with")->mark == Mark{1, 1, 4});
  CHECK(root.find("list")->mark == Mark{3, 1, 4});
  CHECK(root.find("flow")->mark == Mark{5, 7, 1});
  CHECK(root.find("row")->mark == Mark{6, 6, 1});
}

TEST_CASE("a map in a list is marked where its first line stands") {
  const weir::Node root = tree("- uses: a\n  with: b\n- c\n");
  CHECK(root.items[0].mark == Mark{1, 3, 7});
  CHECK(root.items[1].mark == Mark{2 + 1, 3, 1});
}

TEST_CASE("what is quoted or a block is told from what is plain") {
  const weir::Node root =
      tree("a: x\nb: 'x'\nc: \"x\"\nd: |\n  x\ne: >-\n  x\nf: \"\"\ng: \"null\"\n");
  CHECK_FALSE(root.find("a")->quoted);
  for (const char* key : {"b", "c", "d", "e", "f", "g"}) CHECK(root.find(key)->quoted);
  CHECK_FALSE(root.find("f")->is_null());
  CHECK_FALSE(root.find("g")->is_null());
  CHECK(root.find("d")->mark == Mark{4, 4, 1});
  CHECK(root.find("e")->mark == Mark{6, 4, 2});
}

TEST_CASE("an absent value is marked at its key, one that a comment swallowed at the comment") {
  const weir::Node root = tree("a:\nb: ~\nc: null # x\nd: #gone\ne:\n  -\n  - #gone\n");
  CHECK(root.find("a")->mark == Mark{1, 1, 1});
  CHECK(root.find("b")->mark == Mark{2, 4, 1});
  CHECK(root.find("c")->mark == Mark{3, 4, 4});
  CHECK(root.find("d")->mark == Mark{4, 4, 5});
  CHECK(root.find("e")->items[0].mark == Mark{6, 3, 1});
  CHECK(root.find("e")->items[1].mark == Mark{7, 5, 5});
  for (const weir::Node::Entry& entry : root.entries) {
    if (entry.value.shape == weir::Node::Shape::scalar) CHECK(entry.value.is_null());
  }
}

TEST_CASE("columns count bytes, behind a byte order mark and with any line breaks") {
  const weir::Node root = tree("\xEF\xBB\xBFg: \xC3\xB6 x\r\nname: y\r\n");
  CHECK(root.find("g")->mark == Mark{1, 4, 4});
  CHECK(root.find("name")->mark == Mark{2, 7, 1});
}

TEST_CASE("a plain scalar on several lines is marked on its first one") {
  CHECK(tree("a: one\n  two # c\nb: x\n").find("a")->mark == Mark{1, 4, 3});
}

TEST_CASE("words that YAML 1.1 gives a type stay text") {
  const weir::Node root = tree("on: no\nyes: 1_000\nt: 1:30\nd: 2001-01-01\n");
  CHECK(root.entries[0].key.text == "on");
  CHECK(root.entries[0].value.text == "no");
  CHECK(root.entries[1].value.text == "1_000");
  CHECK(root.find("t")->text == "1:30");
}

TEST_CASE("a duplicate key is a mistake at any depth, however it is quoted") {
  CHECK(read("a: 1\nb: {c: 1, \"c\": 2}\n'a': 2\n").complaints ==
        "p.yaml:2:11: error: duplicate key 'c'\n"
        "  b: {c: 1, \"c\": 2}\n"
        "            ^~~\n"
        "  it stands on line 2 already\n"
        "p.yaml:3:1: error: duplicate key 'a'\n"
        "  'a': 2\n"
        "  ^~~\n"
        "  it stands on line 1 already\n");
}

TEST_CASE("an alias is a copy of what its anchor marks") {
  const weir::Node root = tree("a: &x { k: v }\nb: *x\nc: &y text\nd: [*y, *y]\n");
  CHECK(root.find("b")->find("k")->text == "v");
  CHECK(root.find("c")->mark == Mark{3, 7, 4});
  CHECK(root.find("d")->items[1].text == "text");
}

TEST_CASE("aliases that repeat more than a file may hold are refused at once") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string old = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + old;
    for (int k = 0; k < 9; ++k) bomb += ", " + old;
    bomb += "]\n";
  }
  CHECK(read(bomb).complaints.find("error: aliases repeat more than") != std::string::npos);
}

TEST_CASE("an alias inside its own anchor is refused") {
  CHECK(read("a: &x [*x]\n").complaints.find("inside its own anchor") != std::string::npos);
}

TEST_CASE("aliases cannot nest deeper than the file itself may") {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  CHECK(read(text).complaints.find("nested deeper than 64 levels") != std::string::npos);
}

TEST_CASE("tags and merge keys are refused and reading goes on") {
  const Read result = read("a: !!str 5\nb: !x {c: d}\n<<: {e: f}\ng: h\n");
  REQUIRE(result.root);
  CHECK(result.root->find("g")->text == "h");
  CHECK(result.complaints ==
        "p.yaml:1:4: error: tags are not supported\n"
        "  a: !!str 5\n"
        "     ^~~~~\n"
        "  '!' begins a tag in YAML: quote the value if it is text\n"
        "p.yaml:2:4: error: tags are not supported\n"
        "  b: !x {c: d}\n"
        "     ^~\n"
        "  '!' begins a tag in YAML: quote the value if it is text\n"
        "p.yaml:3:1: error: merge keys ('<<') are not supported\n"
        "  <<: {e: f}\n"
        "  ^~\n"
        "  write the keys where they are wanted\n");
}

TEST_CASE("a key that is a map or a list is refused") {
  CHECK(read("? [a]\n: b\n").complaints.find("expected a key, got a list") != std::string::npos);
  CHECK(read("{a: b}: c\n").complaints.find("expected a key, got a map") != std::string::npos);
}

TEST_CASE("an ordinary end or beginning of a document is no mistake") {
  CHECK(tree("---\na: b\n...\n").find("a")->text == "b");
  CHECK(tree("# c\n\na: b\n\n# d\n").find("a")->text == "b");
}

TEST_CASE("several syntax errors are found in one go") {
  const Read result = read("a: \"\\d\"\nb: -\nc: x: y\nd: {e: ${f}}\ng: @h\ni: ok\n");
  REQUIRE(result.root);
  CHECK(result.root->find("i")->text == "ok");
  for (const char* place : {":1:5:", ":2:4:", ":3:4:", ":4:8:", ":5:4:"}) {
    CHECK(result.complaints.find(place) != std::string::npos);
  }
}

TEST_CASE("what no repair helps against stops the reading with one message") {
  for (const char* text : {"a: [b\n", "a: {b: c\nd: e\n", "a: 'b\n", "a: b\n c: d\n", "a: ]\n",
                           "\ta: b\n  c: d\n- e\n", "a: | x\n  y\n", "%FOO\n%YAML x\na: b\n"}) {
    const Read result = read(text);
    INFO(text << result.complaints);
    CHECK_FALSE(result.complaints.empty());
  }
}
