#include <catch2/catch.hpp>

#include "tests/spec/look_alikes.h"

using namespace weir;

namespace {

std::string pipeline(const std::string& limits, int transforms) {
  std::string text =
      "limits: " + limits + "\nstages:\n  - uses: file.read\n    with: { path: a }\n";
  for (int i = 0; i < transforms; ++i) text += "  - uses: json.parse\n";
  return text + "  - uses: file.write\n    with: { path: b }\n";
}

std::optional<Limits> limits_of(const std::string& limits, int transforms = 0, int threads = 0) {
  fake::Setup setup;
  setup.options.threads = threads;
  const Loaded loaded = setup.load(pipeline(limits, transforms));
  if (!loaded.plan) return std::nullopt;
  return loaded.plan->limits;
}

constexpr std::uint64_t kMiB = 1 << 20;

}  // namespace

TEST_CASE("limits have defaults") {
  const std::optional<Limits> limits = limits_of("{}");
  REQUIRE(limits);
  CHECK(limits->records == 100'000);
  CHECK(limits->record == 16 * kMiB);
  CHECK(limits->memory == 256 * kMiB);
  CHECK(limits->drain == std::chrono::seconds(20));
}

TEST_CASE("the command line's threads win over the file's, and auto is what the machine allows") {
  CHECK(limits_of("{}")->threads == 4);
  CHECK(limits_of("{ threads: auto }")->threads == 4);
  CHECK(limits_of("{ threads: 7 }")->threads == 7);
  CHECK(limits_of("{ threads: 7 }", 0, 2)->threads == 2);
  CHECK_FALSE(limits_of("{}", 0, 5000));
}

TEST_CASE("the reserve is one record's way through all stages") {
  CHECK(reserve_of(0, 16 * kMiB) == 17 * kMiB);
  CHECK(reserve_of(3, kMiB) == 8 * kMiB);
}

TEST_CASE("the default record shrinks so that the reserve is at most half of the memory") {
  CHECK(limits_of("{ memory: 64MiB }", 3)->record == 7 * kMiB);
  for (int transforms : {0, 1, 5, 20}) {
    const std::optional<Limits> limits = limits_of("{ memory: 256MiB }", transforms);
    REQUIRE(limits);
    CHECK(reserve_of(static_cast<std::size_t>(transforms), limits->record) <= 128 * kMiB);
  }
}

TEST_CASE("a record that the memory cannot hold is refused, just one that it can is not") {
  CHECK(limits_of("{ record: 61MiB, memory: 64MiB }"));
  CHECK_FALSE(limits_of("{ record: 62MiB, memory: 64MiB }"));
  CHECK(limits_of("{ record: 110MiB, memory: 256MiB }", 1));
  CHECK_FALSE(limits_of("{ record: 110MiB, memory: 256MiB }", 2));
}

TEST_CASE("a memory that no ordinary record fits in says how much it takes") {
  const std::string text = pipeline("{ memory: 4MiB }", 3);
  CHECK(fake::complaints(text) ==
        "p.yaml:1:19: error: expected 'memory' of at least 9MiB with 3 stages between source and "
        "sink, got 4MiB\n"
        "  limits: { memory: 4MiB }\n"
        "                    ^~~~\n"
        "  or say how large a 'record' may be\n");
  CHECK(limits_of("{ memory: 9MiB }", 3));
}
