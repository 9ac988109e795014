#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/compile/kit/look_alikes.h"
#include "tests/machine/checkout.h"

using namespace weir;
using namespace weir::compile;

namespace {

/// What the option `text` of a stage becomes when it is written as `value`.
std::string text_of(const std::string& value, const std::string& params = "",
                    std::vector<std::pair<std::string, std::string>> set = {}) {
  weir::fake::Setup setup;
  setup.options.params = std::move(set);
  const std::string text = params + "stages:\n  - uses: file.read\n    with: { path: in }\n" +
                           "  - uses: every\n    with:\n      text: " + value +
                           "\n  - uses: file.write\n    with: { path: out }\n";
  const Loaded loaded = setup.load(text);
  if (!loaded.plan) return weir::fake::render_all(loaded, text);
  return static_cast<const weir::fake::EveryOptions*>(
             loaded.plan->stages[weir::compile::StageId(1)].options.get())
      ->text;
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
  const std::string path = build_dir() + "/params_test_secret";
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
  weir::fake::Setup setup;
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

TEST_CASE("a param has the type that it says, or that its plain default looks like") {
  const auto with = [](const std::string& param, const std::string& set) {
    return text_of("${params.a}", "params: { a: { " + param + " } }\n", {{"a", set}});
  };
  CHECK(with("default: 5", "7") == "7");
  CHECK(with("default: 5", "2.5") ==
        "p.yaml: error: expected an integer for 'a', got '2.5'\n"
        "  its default is one; 'type: text' at the param takes anything\n");
  CHECK(with("default: 0.5", "7") == "7");
  CHECK(with("default: 0.5", "x").starts_with("p.yaml: error: expected a number for 'a'"));
  CHECK(with("default: true", "yes").starts_with("p.yaml: error: expected true or false for 'a'"));
  CHECK(with("default: \"5\"", "x") == "x");
  CHECK(with("type: text, default: 5", "x") == "x");
  CHECK(with("type: duration", "1h30m") == "1h30m");
  CHECK(with("type: duration", "90").starts_with("p.yaml: error: expected a duration such as"));
  CHECK(with("type: size", "64KiB") == "64KiB");
  CHECK(with("type: size", "big") ==
        "p.yaml: error: expected a size such as 64KiB for 'a', got "
        "'big'\n");
  CHECK(with("type: number", "nan").starts_with("p.yaml: error: expected a number for 'a'"));
  CHECK(with("type: expression", "a > b") == "a > b");
  CHECK(text_of("${params.a}", "params: { a: { type: size, default: big } }\n")
            .starts_with("p.yaml:1:37: error: expected a size such as 64KiB for 'a', got 'big'\n"));
  CHECK(text_of("${params.a}", "params: { a: { type: txt, default: big } }\n")
            .starts_with("p.yaml:1:22: error: expected one of text | integer | number"));
}

TEST_CASE("a value is quoted as a pattern where that is asked for") {
  const std::string params = "params: { a: { default: \"a.b*[c]\\\\ d_1\\u00e9\\0\" } }\n";
  CHECK(text_of("${quote:params.a}", params) == "a\\.b\\*\\[c\\]\\\\\\ d_1\xC3\xA9\\x00");
  CHECK(text_of("${quote:params.b}", params).find("unknown param 'b'") != std::string::npos);
}

TEST_CASE("a mistake behind a value is pointed at where it is written") {
  weir::fake::Setup setup;
  setup.options.params = {{"long", "a much longer value than its name"}};
  const auto shown = [&](const std::string& where) {
    const std::string text =
        "params: { long: { default: x }, none: { default: \"\" } }\nstages:\n"
        "  - uses: file.read\n    with: { path: in }\n  - uses: filter\n    with:\n      where: " +
        where + "\n  - uses: file.write\n    with: { path: out }\n";
    return weir::fake::render_all(setup.load(text), text);
  };
  CHECK(shown("\"${params.long}\" == b != c").starts_with("p.yaml:7:14:"));  // YAML's quotes
  CHECK(shown("(b == ${params.none}c) != d").starts_with("p.yaml:7:37:"));
  CHECK(shown("'(b == ${params.none}c) != d'").starts_with("p.yaml:7:38:"));
  CHECK(shown("|\n        b ==\n        (${params.none}c) != d").starts_with("p.yaml:9:27:"));
}

TEST_CASE("what came from the environment or a file is never shown") {
  setenv("WEIR_TEST_SECRET", "hunter2 and more than forty characters of it all", 1);
  const std::string secret = std::getenv("WEIR_TEST_SECRET");
  weir::fake::Setup setup;
  const auto shown = [&](const std::string& option) {
    const std::string text =
        "params: { p: { default: \"${env.WEIR_TEST_SECRET}\" } }\nstages:\n"
        "  - uses: file.read\n    with: { path: in }\n  - uses: every\n    with: { " +
        option + " }\n  - uses: file.write\n    with: { path: out }\n";
    const std::string all = weir::fake::render_all(setup.load(text), text);
    for (std::size_t at = 0; at + 4 <= secret.size(); ++at) {
      CHECK(all.find(secret.substr(at, 4)) == std::string::npos);
    }
    return all;
  };
  CHECK(shown("whole: \"${env.WEIR_TEST_SECRET}\"")
            .find("expected an integer, got '${env.WEIR_TEST_SECRET}'") != std::string::npos);
  CHECK(shown("whole: \"-${params.p}-\"").find("got '-${params.p}-'") != std::string::npos);
  CHECK_FALSE(shown("whole: \"${env.WEIR_TEST_SECRET} ${env.WEIR_TEST_SECRET}\"").empty());
}

TEST_CASE("an option of type secret is shown in no message, and its place is known") {
  struct Options {
    weir::Secret password;
  };
  struct Login final : weir::fake::Pass {
    explicit Login(const Options& options) {
      throw weir::OptionError("password", "no such password: " + options.password.reveal());
    }
  };
  weir::fake::Setup setup;
  setup.registry.add<Login, Options>("login", "Logs in.")
      .required("password", &Options::password, "a password")
      .kinds({.gives_text = true});
  CHECK(setup.registry.find("login")->options[0].type == "secret");
  const std::string text =
      "stages:\n  - uses: file.read\n    with: { path: in }\n  - uses: login\n"
      "    with: { password: hunter2 }\n  - uses: file.write\n    with: { path: out }\n";
  const Loaded loaded = setup.load(text);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].message == "no such password: ***");
  REQUIRE(loaded.hidden.size() == 1);
  CHECK(loaded.hidden[0] == Mark{5, 23, 7});
}
