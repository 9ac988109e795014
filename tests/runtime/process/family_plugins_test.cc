#include <catch2/catch.hpp>
#include <filesystem>

#include "runtime/process/plugin_loader.h"
#include "tests/machine/checkout.h"
#include "tests/machine/folder.h"

namespace weir::cli::test {
namespace {

namespace fs = std::filesystem;

const std::string kPlugins = build_dir() + "/tests/runtime/plugins";

/// A folder of weir's own plugins: `greet` as a family, one that is broken, and
/// what is none.
struct Own {
  Own() {
    fs::copy(fs::path(kPlugins) / "greet.so", folder / "polite.so");
    fs::copy(fs::path(kPlugins) / "throws.so", folder / "libbad.so");
    fs::create_directory(folder / "folder.so");
  }

  const Folder own;
  const fs::path folder = own.path();
};

/// Whether the family `polite` is loaded for `text`.
bool loads(const std::string& text) {
  const Own own;
  Registry registry;
  PluginLoader loader(registry, own.folder);
  CHECK(loader.load_families(text).empty());
  return registry.find("greet") != nullptr;
}

}  // namespace

TEST_CASE("the plugin of a family is loaded where a stage uses one of its types") {
  CHECK(loads("stages:\n  - uses: polite.greet\n"));
  CHECK(loads("stages:\n  - uses:   'polite.greet'\n"));
  CHECK(loads("stages:\n  - {name: a, uses: polite.greet}\n"));
  CHECK(loads("stages: [{\"uses\": \"polite.greet\"}]\n"));
  CHECK(loads("stages:\n  - uses:\n      polite.greet\n"));
  CHECK(loads("json.parse | polite.greet a:b"));
}

TEST_CASE("a type that stands elsewhere than behind its uses is found too") {
  CHECK(loads("params: {t: polite.greet}\nstages:\n  - uses: ${params.t}\n"));
  CHECK(loads("params: {t: &t polite.greet}\nstages:\n  - uses: *t\n"));
  CHECK(loads("stages:\n  - uses: >-\n      polite.greet\n"));
}

TEST_CASE("what only looks like a type loads nothing") {
  CHECK_FALSE(loads("stages:\n  - uses: filter\n    with: {where: polite.greet == 1}\n"));
  CHECK_FALSE(loads("# polite.greet\nstages:\n  - uses: take\n"));
  CHECK_FALSE(loads("stages:\n  - uses: polite\n"));
  CHECK_FALSE(loads("stages:\n  - reuses: polite.greet\n  - uses: take\n"));
  CHECK_FALSE(loads("stages:\n  - uses: impolite.greet\n"));
  CHECK_FALSE(loads("stages:\n  - uses: folder.greet\n"));
  CHECK_FALSE(loads(""));
}

TEST_CASE("the plugin of a family is loaded once, and not for a type that is known") {
  const Own own;
  Registry registry;
  PluginLoader loader(registry, own.folder);
  CHECK(loader.load_family("polite.greet") == "");
  CHECK(loader.load_family("polite.wave") == "");
  CHECK(registry.types().size() == 1);
  CHECK(registry.duplicates().empty());
}

TEST_CASE("what is wrong with the plugin of a family is said") {
  const Own own;
  Registry registry;
  PluginLoader loader(registry, own.folder);
  const std::vector<std::string> wrong = loader.load_families("uses: bad.one\nuses: bad.two\n");
  REQUIRE(wrong.size() == 1);
  CHECK_THAT(wrong[0], Catch::Contains("libbad.so' failed to register its stage types"));
}

TEST_CASE("it is said where the plugin of an unknown type's family was looked for") {
  const Own own;
  Registry registry;
  PluginLoader loader(registry, own.folder);
  CHECK(loader.looked_for("http.fetch") ==
        "no http.so or libhttp.so in '" + own.folder.string() + "'");
  CHECK(loader.looked_for("greet") == "");
  CHECK(loader.looked_for("polite.greet") == "");  // There is one; what is wrong with it was said.
  CHECK(loader.looked_for("../etc/x.y") == "");
}

TEST_CASE("a plugin of weir's own is named without a folder and without .so") {
  const Own own;
  fs::create_directory(own.folder / "here");
  fs::create_directory(own.folder / "here" / "polite");  // a folder of that name is no plugin
  Registry registry;
  PluginLoader loader(registry, own.folder);
  CHECK(loader.load("polite", own.folder / "here") == "");
  CHECK(registry.find("greet"));
  CHECK_THAT(loader.load("../polite", own.folder), Catch::StartsWith("cannot find plugin"));
}

TEST_CASE("all plugins of weir's own are loaded for a list of the types") {
  const Own own;
  Registry registry;
  PluginLoader loader(registry, own.folder);
  CHECK(loader.load_all().size() == 1);  // the broken one; a folder is none
  CHECK(registry.find("greet"));
  Registry none;
  CHECK(PluginLoader(none, "/nowhere").load_all().empty());
}

}  // namespace weir::cli::test
