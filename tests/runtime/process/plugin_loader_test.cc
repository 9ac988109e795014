#include "runtime/process/plugin_loader.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "runtime/process/plugin_tag.h"
#include "tests/machine/checkout.h"
#include "weir/version.h"

namespace weir::cli::test {
namespace {

const std::string kPlugins = build_dir() + "/tests/runtime/plugins";

class Anything final : public Transform {
 public:
  void process(Record&, Call&) const override {}
};

struct Loading {
  Registry registry;
  PluginLoader loader{registry, "/nowhere/lib"};
};

TEST_CASE("a plugin's stage types are in the registry once it is loaded") {
  Loading loading;
  CHECK(loading.loader.load("greet.so", kPlugins) == "");
  const TypeSpec* type = loading.registry.find("greet");
  REQUIRE(type);
  CHECK(type->about == "Puts a greeting before the text.");
  CHECK(type->role == Role::transform);
}

TEST_CASE("a plugin that is asked for twice is loaded once, by whatever path") {
  Loading loading;
  CHECK(loading.loader.load("greet.so", kPlugins) == "");
  CHECK(loading.loader.load("./greet.so", kPlugins) == "");
  CHECK(loading.loader.load(kPlugins + "/greet.so", "/") == "");
  CHECK(loading.registry.types().size() == 1);
  CHECK(loading.registry.duplicates().empty());
}

TEST_CASE("a plugin is found in the install's folder too") {
  Registry registry;
  PluginLoader loader(registry, kPlugins);
  CHECK(loader.load("greet.so", source_dir()) == "");
  CHECK(registry.find("greet"));
}

TEST_CASE("a relative directory is relative to the process") {
  Loading loading;
  const auto relative = std::filesystem::relative(kPlugins).string();
  CHECK(loading.loader.load("greet.so", relative) == "");
}

TEST_CASE("a plugin with a stage type that exists is an error, each time it is asked for") {
  Loading loading;
  loading.registry.add<Anything>("taken", "The first.");
  const std::string wrong =
      "plugin 'clash.so' registers the stage type 'taken', which exists already";
  CHECK(loading.loader.load("clash.so", kPlugins) == wrong);
  CHECK(loading.loader.load("clash.so", kPlugins) == wrong);
  CHECK(loading.registry.find("taken")->about == "The first.");
}

TEST_CASE("a plugin of another ABI is refused before any of its code runs") {
  Loading loading;
  CHECK(loading.loader.load("old_abi.so", kPlugins) ==
        "plugin 'old_abi.so' was built for weir ABI " + std::to_string(WEIR_ABI + 1) +
            ", this is " + std::to_string(WEIR_ABI) + ": build it again with this weir's headers");
  CHECK(loading.loader.load("other_compiler.so", kPlugins) ==
        "plugin 'other_compiler.so' was built by a compiler with the ABI "
        "'cxxabi-1002-libstdc++11abi-0', this is '" WEIR_COMPILER_ABI "'");
}

TEST_CASE("a plugin that was built otherwise is refused before it is loaded") {
  Loading loading;
  CHECK(loading.loader.load("older.so", kPlugins) ==
        "plugin 'older.so' was built for weir ABI 1, this is " + std::to_string(WEIR_ABI) +
            ": build it again with this weir's headers");
  if (std::string_view(WEIR_COMPILER_ABI).find("-debug") == std::string_view::npos) {
    CHECK_THAT(loading.loader.load("checked.so", kPlugins),
               Catch::StartsWith("plugin 'checked.so' was built by a compiler with the ABI '") &&
                   Catch::Contains("-debug"));
  }
}

TEST_CASE("what a plugin was built with stands in its file, wherever that is cut") {
  const auto tag = plugin_tag(kPlugins + "/greet.so");
  REQUIRE(tag);
  CHECK(tag->abi == WEIR_ABI);
  CHECK(tag->compiler == WEIR_COMPILER_ABI);
  const std::string path = kPlugins + "/tag.bin";
  const std::string text = std::string(WEIR_PLUGIN_TAG_BEGIN) + "17 some compiler";
  for (std::size_t before = 65'536 - text.size() - 2; before < 65'536 + 3; ++before) {
    // Something like it stands before it.
    std::ofstream(path, std::ios::binary) << WEIR_PLUGIN_TAG_BEGIN << "x" << '\0'
                                          << std::string(before, 'x') << text << '\0' << "rest";
    const auto found = plugin_tag(path);
    REQUIRE(found);
    CHECK(found->abi == 17);
    CHECK(found->compiler == "some compiler");
  }
  std::ofstream(path, std::ios::binary) << text;  // Cut off.
  CHECK_FALSE(plugin_tag(path));
  CHECK_FALSE(plugin_tag(kPlugins + "/no_symbol.so"));
  CHECK_FALSE(plugin_tag("/nowhere"));
  std::filesystem::remove(path);
}

TEST_CASE("what is no plugin, or a broken one, is told apart") {
  Loading loading;
  CHECK(loading.loader.load("no_symbol.so", kPlugins) ==
        "'no_symbol.so' is no plugin of weir: it has no symbol 'weir_plugin_info' (WEIR_PLUGIN)");
  CHECK(loading.loader.load("throws.so", kPlugins) ==
        "plugin 'throws.so' failed to register its stage types: no licence, 0");
  CHECK(loading.loader.load("empty.so", kPlugins) == "plugin 'empty.so' registers no stage type");
  CHECK(loading.loader.load("gone.so", kPlugins) ==
        "cannot find plugin 'gone.so' in '" + kPlugins +
            "', in the linker's search path or in '/nowhere/lib'");
  CHECK(loading.loader.load("/gone.so", kPlugins) == "cannot find plugin '/gone.so'");
  CHECK_THAT(loading.loader.load("CMakeLists.txt", source_dir()),
             Catch::StartsWith("cannot load plugin 'CMakeLists.txt': ") &&
                 Catch::Contains("invalid ELF header"));
}

}  // namespace
}  // namespace weir::cli::test
