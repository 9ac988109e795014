// The most of each that a plan may have, which the numbers in records and outcomes are made for.

#include "graph/compile/plan/bounds.h"

#include <catch2/catch.hpp>

#include "tests/compile/kit/look_alikes.h"

using namespace weir;
using namespace weir::compile;

namespace {

std::string diagnostics_of(const std::string& text) {
  const weir::fake::Setup setup;
  std::string all;
  for (const text::Diagnostic& d : setup.load(text).diagnostics) {
    all +=
        std::to_string(d.mark.line) + ":" + std::to_string(d.mark.column) + ": " + d.message + "\n";
  }
  return all;
}

/// So many stages in a row. The limits are for that many.
std::string chain(std::size_t stages) {
  std::string text =
      "limits: { memory: 40GiB, record: 1KiB }\nstages:\n  - uses: file.read\n"
      "    with: { path: a }\n";
  for (std::size_t i = 2; i < stages; ++i) text += "  - uses: json.parse\n";
  return text + "  - uses: file.write\n    with: { path: b }\n";
}

/// So many sources, each with a sink.
std::string pairs(std::size_t sources) {
  std::string text = "limits: { memory: 40GiB, record: 1KiB }\nstages:\n";
  for (std::size_t i = 0; i < sources; ++i) {
    text +=
        "  - uses: file.read\n    with: { path: a }\n  - uses: file.write\n"
        "    with: { path: b }\n";
  }
  return text;
}

}  // namespace

TEST_CASE("a plan has at most so many stages") {
  CHECK(diagnostics_of(chain(kMostStages)).empty());
  // The first begins in line 3, and has two.
  CHECK(diagnostics_of(chain(kMostStages + 1)) ==
        std::to_string(4 + kMostStages) + ":11: expected at most 8000 stages, got 8001\n");
}

TEST_CASE("a plan has at most so many sources") {
  CHECK(diagnostics_of(pairs(kMostSources)).empty());
  CHECK(diagnostics_of(pairs(kMostSources + 1)) ==
        std::to_string(3 + 4 * kMostSources) + ":11: expected at most 256 sources, got 257\n");
}
