#include <catch2/catch.hpp>
#include <random>

#include "tests/compile/kit/look_alikes.h"

// Files that are no pipelines, by accident or on purpose.

using namespace weir;
using namespace weir::compile;

namespace {

std::string repeat(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

bool says(const std::string& text, const std::string& what) {
  const std::string said = weir::fake::complaints(text);
  UNSCOPED_INFO(said.substr(0, 1000));
  return said.find(what) != std::string::npos;
}

constexpr const char* kValid = R"(name: access-errors
about: "Failed requests, \"in\" order."
params:
  input: { default: in.ndjson, about: 'the log''s path' }
  level: { default: 400 }
limits: { memory: 256MiB, threads: auto }
shared:
  rates: { api: 100/s, slow: { limit: 5/m, burst: 3 } }
  pools: { own: { threads: 2 } }
stages:
  - uses: file.read
    with: { path: ["${params.input}", &other other.log] }
  - uses: json.parse
    when: record.text == "x" or record.text == "y"
  - name: errors
    uses: filter
    on_error: skip
    with:
      where: status >= ${params.level} # comment
  - uses: set
    order: none
    with:
      fields:
        host: lower
        path: |
          multi
  - uses: delay
    workers: { min: 2, max: 50, policy: aimd, target: 20ms }
    deadline: 1m
    timeout: 2s
    on_error: { to: rejects }
    on_deadline: { to: late }
    retry: { attempts: 4, backoff: 50ms, max_backoff: 3s, jitter: none }
    hedge: { after: p99.5, extra: 2, budget: 12.5% }
    rate: api
    breaker: { failures: 7, within: 30s, cooldown: 1m }
    queue: { records: 500, bytes: 2MiB, when_full: drop_random, seed: 7, max_age: 5s }
    cost: 3
  - uses: tally
    key: { fields: [host, path], max: 1000, when_full: evict }
    order: key
    rate: slow
  - uses: text.format
    with: { line: "{time} {{x}} {path}" }
  - uses: take
    with:
      count: 5
  - uses: file.write
    with: { path: *other }
  - uses: generate
    name: more
  - uses: ask
    from: [errors, ask.retry]
    loop: { max: 2 }
    pool: own
  - uses: route
    name: kinds
    from: ask
    with: { ports: [good, bad] }
  - uses: filter
    name: mixed
    from: [kinds.good, more, ask.lost]
    merge: { policy: sorted, by: time.at, lateness: 2s, idle: 1m }
    with: { where: a }
  - uses: zip
    from: [kinds.good, kinds.bad]
  - uses: filter
    name: turns
    from: [zip, mixed]
    merge: { policy: weighted, weights: [3, 1] }
    with: { where: a }
  - uses: json.format
  - uses: file.write
    with: { path: more }
  - name: rejects
    uses: json.format
  - uses: file.write
    with: { path: rejects }
  - name: late
    uses: file.write
    with: { path: late }
)";

}  // namespace

TEST_CASE("10,000 levels of nesting give a diagnostic in every form") {
  const std::string deep = "nested deeper than 64 levels";
  CHECK(says(repeat("[", 10'000), deep));
  CHECK(says(repeat("[", 10'000) + repeat("]", 10'000), deep));
  CHECK(says(repeat("{a: ", 10'000), deep));
  CHECK(says(repeat("[{a: ", 10'000), deep));
  CHECK(says(repeat("- ", 10'000), deep));
  CHECK(says("stages: " + repeat("[", 10'000), deep));
  CHECK(says("stages:\n" + repeat("- ", 10'000) + "x", deep));
  CHECK(says(repeat("? ", 10'000), deep));
  std::string stairs;
  for (std::size_t i = 0; i < 1'000; ++i) stairs += std::string(i, ' ') + "a:\n";
  CHECK(says(stairs, deep));
}

TEST_CASE("64 levels are no mistake of YAML") {
  CHECK_FALSE(says(repeat("[", 63) + repeat("]", 63), "nested deeper"));
}

TEST_CASE("a file of 100 MB gives one diagnostic and is not even looked at") {
  const std::string text(100'000'000, '\n');
  CHECK(weir::fake::complaints(text) ==
        "p.yaml: error: expected a pipeline of at most 1048576 bytes, got more\n");
}

TEST_CASE("files full of one thing end quickly") {
  for (const char* piece : {"[",   "{",     "- ",  "a: ",    "\"",       "'",   "&a ",    "*a ",
                            "!a ", "---\n", "a\n", "a: b\n", "{a: b}, ", "[a,", ": ",     "? a\n",
                            "|\n", "${",    "@\n", "a: -\n", "%a\n",     "#",   "- - #\n"}) {
    INFO(piece);
    CHECK_FALSE(
        weir::fake::complaints(repeat(piece, (1 << 17) / std::string_view(piece).size())).empty());
  }
}

TEST_CASE("many stages that name others end quickly") {
  for (const char* keys : {"on_error: { to: nobody }", "on_error: { to: delay }", "rate: nobody",
                           "queue: {}", "key: a, order: key"}) {
    INFO(keys);
    const std::string stage = "  - { uses: delay, " + std::string(keys) + " }\n";
    CHECK_FALSE(
        weir::fake::complaints("stages:\n" + repeat(stage, 1'000'000 / stage.size())).empty());
  }
  std::string rates = "shared: { rates: {";
  std::string stages = "} }\nstages:\n";
  for (int i = 0; i < 15'000; ++i) {
    const std::string name = "r" + std::to_string(i);
    rates += name + ": 1/s,";
    stages += "  - { uses: delay, rate: " + name + " }\n";
  }
  CHECK_FALSE(weir::fake::complaints(rates + stages).empty());
}

TEST_CASE("large graphs end quickly") {
  const auto many = [](const std::string& head, const auto& stage) {
    std::string text = "stages:\n" + head;
    for (int i = 0; text.size() < 500'000; ++i) text += stage(i);
    return weir::fake::complaints(text);
  };
  const auto name = [](int i) { return "s" + std::to_string(i); };
  const std::string source = "  - { uses: generate, name: in }\n";
  // All read one, each reads the one before it by name, all are in one cycle or in one each.
  CHECK_FALSE(many(source, [&](int i) {
                return "  - { uses: try, name: " + name(i) + ", from: in }\n";
              }).empty());
  CHECK_FALSE(many(source, [&](int i) {
                return "  - { uses: try, name: " + name(i) +
                       ", from: " + (i > 0 ? name(i - 1) : "in") + " }\n";
              }).empty());
  for (const char* loop : {"", ", loop: { max: 1 }"}) {
    CHECK_FALSE(many(source, [&](int i) {
                  return "  - { uses: try, name: " + name(i) + ", from: [" +
                         (i > 0 ? name(i - 1) : "in") + ", " + name(i) + ".retry]" + loop + " }\n";
                }).empty());
    CHECK_FALSE(many(source, [&](int i) {
                  return "  - { uses: try, name: " + name(i) + ", from: [in, " + name(i + 1) +
                         ".retry]" + loop + " }\n";
                }).empty());
  }
  // Nobody is there, or everybody more than once.
  CHECK_FALSE(many(source, [&](int i) {
                return "  - { uses: zip, name: " + name(i) + ", from: [in, nobody, in." + name(i) +
                       "] }\n";
              }).empty());
  std::string inputs;
  for (int i = 0; i < 256; ++i) {
    inputs += "  - { uses: filter, with: { where: x }, from: in, name: " + name(i) + " }\n";
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += (i > 0 ? ", " : "") + name(i);
  CHECK_FALSE(many(source + inputs, [&](int i) {
                return "  - { uses: zip, name: z" + std::to_string(i) + ", from: [" + all + "] }\n";
              }).empty());
}

TEST_CASE("a valid large graph becomes a plan quickly") {
  std::string text =
      "limits: { memory: 64GiB, record: 1KiB, records: 10000000 }\nstages:\n"
      "  - { uses: generate, name: in }\n";
  std::string last = "in";
  for (int i = 0; i < 1000; ++i) {
    const std::string n = std::to_string(i);
    const std::string where = ", uses: filter, with: { where: x }, from: ";
    text += "  - { name: a" + n + where + last + " }\n";
    text += "  - { name: b" + n + where + last + " }\n";
    // Of those by place, kForks at most may follow each other.
    const std::string merge = i < 10 ? "" : ", merge: arrival";
    text += "  - { name: m" + n + where + "[a" + n + ", b" + n + "]" + merge + " }\n";
    last = "m" + n;
  }
  text += "  - { name: t, uses: try, from: [" + last + ", t.retry], loop: { max: 16 } }\n";
  text += "  - { name: f, uses: json.format, from: t }\n";
  text += "  - { uses: file.write, with: { path: a } }\n";
  CHECK(weir::fake::complaints(text) == "");
}

TEST_CASE("a long list of mistakes is cut") {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const Loaded loaded = weir::fake::Setup().load(text);
  CHECK(loaded.diagnostics.size() == 101);
  CHECK(loaded.diagnostics.back().severity == text::Severity::note);
}

TEST_CASE("every single byte in a file is survived") {
  for (int byte = 0; byte < 256; ++byte) {
    CHECK_FALSE(weir::fake::complaints(std::string(1, static_cast<char>(byte))).empty());
    const std::string text = std::string("name: ") + static_cast<char>(byte) + "\n";
    CHECK_FALSE(weir::fake::complaints(text).empty());
  }
}

TEST_CASE("the file that the mutations start from is valid") {
  CHECK(weir::fake::complaints(kValid) == "");
}

TEST_CASE("random mutations of a pipeline never crash and always end") {
  const weir::fake::Setup setup;
  const std::string valid = kValid;
  const std::string alphabet = " \n\t:-?#&*!|>'\"%@`{}[],$\\~<ab0\r\x01\xc3";
  for (std::uint32_t seed = 0; seed < 4'000; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t n) { return n ? random() % n : 0; };
    std::string text = valid;
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text.erase(at, 1 + below(8));
          break;
        case 1:
          text.insert(at, 1, alphabet[below(alphabet.size())]);
          break;
        case 2:
          text[at] = alphabet[below(alphabet.size())];
          break;
        case 3:
          text.insert(below(text.size()), text.substr(at, below(40)));
          break;
        default:
          text.resize(std::max<std::size_t>(at, 1));
          break;
      }
    }
    const Loaded loaded = setup.load(text);
    bool failed = false;
    for (const text::Diagnostic& d : loaded.diagnostics) {
      failed |= d.severity == text::Severity::error;
      REQUIRE_FALSE(render(d, text).empty());
    }
    INFO("seed " << seed << "\n" << text);
    REQUIRE(loaded.plan.has_value() != failed);
  }
}
