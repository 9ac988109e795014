#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/spec/look_alikes.h"

using namespace weir;

namespace {

/// What the option `text` of a stage becomes when it is written as `value`.
std::string text_of(const std::string& value, const std::string& params = "",
                    std::vector<std::pair<std::string, std::string>> set = {}) {
  fake::Setup setup;
  setup.options.params = std::move(set);
  const std::string text = params + "stages:\n  - uses: file.read\n    with: { path: in }\n" +
                           "  - uses: every\n    with:\n      text: " + value +
                           "\n  - uses: file.write\n    with: { path: out }\n";
  const Loaded loaded = setup.load(text);
  if (!loaded.plan) return fake::render_all(loaded, text);
  return static_cast<const fake::EveryOptions*>(loaded.plan->stages[1].options.get())->text;
}

const std::string kParams = "params: { a: { default: x }, b: { default: \"\" }, c: {} }\n";

}  // namespace

TEST_CASE("params, variables and files are put in") {
  setenv("WEIR_TEST_SET", "from env", 1);
  setenv("WEIR_TEST_EMPTY", "", 1);
  unsetenv("WEIR_TEST_UNSET");
  const std::string params = "params: { a: { default: x }, b: { default: \"\" } }\n";
  CHECK(text_of("${params.a}", params) == "x");
  CHECK(text_of("<${params.a}|${params.b}|${params.a}>", params) == "<x||x>");
  CHECK(text_of("\"${env.WEIR_TEST_SET}\"") == "from env");
  CHECK(text_of("${env.WEIR_TEST_UNSET:-a default}") == "a default");
  CHECK(text_of("${env.WEIR_TEST_EMPTY:-a default}") == "a default");
  CHECK(text_of("${env.WEIR_TEST_UNSET:-}") == "");
  CHECK(text_of("${env.WEIR_TEST_EMPTY}") == "");
  const std::string path = std::string(WEIR_BINARY_DIR) + "/params_test_secret";
  std::ofstream(path) << "secret\n";
  CHECK(text_of("${file." + path + "}") == "secret");
  std::remove(path.c_str());
}

TEST_CASE("two dollars are a literal") {
  CHECK(text_of("$${params.a} costs $5 {x}") == "${params.a} costs $5 {x}");
}

TEST_CASE("what was put in is not looked at again") {
  setenv("WEIR_TEST_SET", "${env.HOME}", 1);
  CHECK(text_of("${env.WEIR_TEST_SET}") == "${env.HOME}");
}

TEST_CASE("a value that is set wins over the default, and the last one wins") {
  CHECK(text_of("${params.a}", kParams, {{"a", "1"}, {"c", ""}, {"a", "2"}}) == "2");
  CHECK(text_of("${params.c}", kParams, {{"c", "~"}}) == "~");
}

TEST_CASE("a param without a value is a mistake where it is declared, once") {
  CHECK(text_of("${params.c}", kParams) ==
        "p.yaml:1:50: error: missing value for param 'c'\n"
        "  params: { a: { default: x }, b: { default: \"\" }, c: {} }\n"
        "                                                   ^\n"
        "  set it with --set c=VALUE, or give it a default\n");
}

TEST_CASE("setting a param that is not declared is a mistake without a place") {
  CHECK(text_of("x", "params: { input: { default: x } }\n", {{"inptu", "y"}}) ==
        "p.yaml: error: unknown param 'inptu'\n  did you mean 'input'?\n");
  CHECK(text_of("x", "", {{"input", "y"}}) == "p.yaml: error: unknown param 'input'\n");
}

TEST_CASE("a mistake in an interpolation is pointed at, in any kind of scalar") {
  CHECK(text_of("a ${params.b}", "params: { a: { default: 1 } }\n").starts_with("p.yaml:7:15:"));
  CHECK(text_of("'a ${params.b}'", "params: { a: { default: 1 } }\n").starts_with("p.yaml:7:16:"));
  CHECK(text_of("|\n        one\n        two ${params.b}").starts_with("p.yaml:8:13:"));
}

TEST_CASE("params may use the environment and may be used everywhere") {
  setenv("WEIR_TEST_SET", "2", 1);
  fake::Setup setup;
  const Loaded loaded = setup.load(R"(name: job-${params.n}
params: { n: { default: "${env.WEIR_TEST_SET}" } }
limits: { threads: "${params.n}" }
stages:
  - uses: file.read
    with: { path: in }
  - uses: filter
    name: f${params.n}
    workers: ${params.n}
    with: { where: "a == ${params.n}" }
  - uses: file.write
    with: { path: out }
)");
  CHECK_FALSE(loaded.plan);  // 'filter' needs fields
  CHECK(loaded.diagnostics.size() == 1);
  const Loaded good = setup.load(
      "params: { n: { default: 3 } }\nlimits: { threads: \"${params.n}\" }\nstages:\n"
      "  - uses: file.read\n    with: { path: a }\n  - uses: file.write\n    with: { path: b }\n");
  REQUIRE(good.plan);
  CHECK(good.plan->limits.threads == 3);
}
