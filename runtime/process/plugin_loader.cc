#include "runtime/process/plugin_loader.h"

#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include "runtime/process/elf_file.h"
#include "runtime/process/joined_path.h"
#include "runtime/process/plugin_tag.h"
#include "weir/plugin.h"

namespace weir::cli {
namespace {

constexpr const char* kSymbol = "weir_plugin_info";

std::string linker_error() {
  const char* text = ::dlerror();
  return text ? text : "unknown error";
}

std::string other_abi(const std::string& path, int abi) {
  return "plugin '" + path + "' was built for weir ABI " + std::to_string(abi) + ", this is " +
         std::to_string(WEIR_ABI) + ": build it again with this weir's headers";
}

std::string other_compiler(const std::string& path, const std::string& compiler) {
  return "plugin '" + path + "' was built by a compiler with the ABI '" + compiler +
         "', this is '" WEIR_COMPILER_ABI "'";
}

/// Returns how the plugin's build differs from this one; empty if it fits.
std::string misfit(const std::string& path, const detail::PluginInfo& info) {
  if (info.abi != WEIR_ABI) return other_abi(path, info.abi);
  // Checked second, since another ABI may have laid out the rest differently.
  if (std::string_view(info.compiler) != WEIR_COMPILER_ABI) {
    return other_compiler(path, info.compiler);
  }
  return {};
}

/// Returns the same from the tag in the file, before any code of it runs.
std::string misfit(const std::string& path, const std::filesystem::path& file) {
  const auto tag = plugin_tag(file);
  if (!tag) return {};
  if (tag->abi != WEIR_ABI) return other_abi(path, tag->abi);
  return tag->compiler == WEIR_COMPILER_ABI ? std::string() : other_compiler(path, tag->compiler);
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view what) {
  return std::min(text.find_first_not_of(what, at), text.size());
}

/// Returns whether `text` before `at` ends in the key of a stage's type: `uses:`, in quotes or not,
/// with any blanks around the colon.
bool follows_uses(std::string_view text, std::size_t at) {
  constexpr std::string_view kKey = "uses";
  const std::size_t colon = text.substr(0, at).find_last_not_of(" \t\r\n\"'");
  if (colon == text.npos || text[colon] != ':') return false;
  const std::size_t end = text.substr(0, colon).find_last_not_of(" \t\"'");
  if (end == text.npos || end + 1 < kKey.size()) return false;
  const std::size_t begin = end + 1 - kKey.size();
  return text.substr(begin, kKey.size()) == kKey && (begin == 0 || !is_word(text[begin - 1]));
}

/// Returns the words with a dot in `text`, such as `http.fetch`.
std::set<std::string_view> dotted_words(std::string_view text, bool only_behind_uses) {
  std::set<std::string_view> words;
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!is_word(text[begin])) continue;
    std::size_t end = begin;
    while (end < text.size() && (is_word(text[end]) || text[end] == '.')) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    const bool wanted = word.find('.') != word.npos && word.front() != '.';
    if (wanted && (!only_behind_uses || follows_uses(text, begin))) words.insert(word);
    begin = end;
  }
  return words;
}

/// Returns whether the type of some stage is not written directly after its `uses:`, because it
/// comes from a parameter, an alias or a block. Also true for the text of `-e`, which has no such
/// key.
bool hides_types(std::string_view text) {
  bool any = false;
  for (std::size_t at = text.find("uses"); at != text.npos; at = text.find("uses", at + 1)) {
    std::size_t value = skip(text, at + 4, " \t\"'");
    if (value == text.size() || text[value] != ':') continue;
    any = true;
    value = skip(text, value + 1, " \t\r\n\"'");
    if (value < text.size() && !is_word(text[value])) return true;
  }
  return !any;
}

/// Returns `http` for `http.fetch`; empty if the type has no family, or none that can be a file's
/// name.
std::string family_of(std::string_view type) {
  const std::string family(type.substr(0, std::min(type.find('.'), type.size())));
  const bool good =
      family.size() < type.size() && std::all_of(family.begin(), family.end(), is_word);
  return good ? family : std::string();
}

}  // namespace

std::filesystem::path PluginLoader::own_file(const std::string& family) const {
  std::error_code ignored;
  for (const std::string& name : {family + ".so", "lib" + family + ".so"}) {
    const std::string file = joined_path(library_dir_.string(), name);
    if (std::filesystem::is_regular_file(file, ignored)) return file;
  }
  return {};
}

std::string PluginLoader::open(const std::string& path, const std::string& directory,
                               void*& handle) const {
  namespace fs = std::filesystem;
  const fs::path wanted(path);
  std::string found_but_bad;
  std::string built_otherwise;
  const auto try_file = [&](const fs::path& file) {
    std::error_code ignored;
    if (handle || !fs::is_regular_file(file, ignored)) return;
    if (found_but_bad.empty()) found_but_bad = elf_problem(file);
    if (!found_but_bad.empty()) return;
    if (built_otherwise.empty()) built_otherwise = misfit(path, file);
    if (!built_otherwise.empty()) return;
    if (announce_) announce_(file.string());
    // The path is absolute, so that the linker opens it and does not search.
    handle = ::dlopen(fs::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle && found_but_bad.empty()) found_but_bad = linker_error();
  };
  try_file(wanted.is_absolute() ? wanted : fs::path(joined_path(directory, path)));
  if (!handle && wanted.is_relative() && found_but_bad.empty() && built_otherwise.empty()) {
    if (!wanted.has_parent_path()) {
      if (announce_) announce_(path + ", if the linker finds it");
      handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    }
    try_file(joined_path(library_dir_.string(), path));
    if (!wanted.has_parent_path() && !wanted.has_extension()) try_file(own_file(path));
  }
  if (handle) return {};
  if (!built_otherwise.empty()) return built_otherwise;
  if (!found_but_bad.empty()) return "cannot load plugin '" + path + "': " + found_but_bad;
  std::string places = "'" + (directory.empty() ? std::string(".") : directory) + "'";
  if (wanted.is_absolute()) return "cannot find plugin '" + path + "'";
  return "cannot find plugin '" + path + "' in " + places +
         ", in the linker's search path or in '" + library_dir_.string() + "'";
}

std::string PluginLoader::register_stages(const std::string& path, void* handle) {
  const auto* info = static_cast<const detail::PluginInfo*>(::dlsym(handle, kSymbol));
  if (!info) {
    return "'" + path + "' is no plugin of weir: it has no symbol '" + kSymbol + "' (WEIR_PLUGIN)";
  }
  if (std::string wrong = misfit(path, *info); !wrong.empty()) return wrong;
  const std::size_t types_before = registry_.types().size();
  const std::size_t duplicates_before = registry_.duplicates().size();
  try {
    info->register_stages(registry_);
  } catch (const std::exception& e) {
    return "plugin '" + path + "' failed to register its stage types: " + e.what();
  } catch (...) {
    return "plugin '" + path + "' failed to register its stage types: unknown exception";
  }
  if (registry_.duplicates().size() > duplicates_before) {
    return "plugin '" + path + "' registers the stage type '" +
           registry_.duplicates()[duplicates_before] + "', which exists already";
  }
  if (registry_.types().size() == types_before) {
    return "plugin '" + path + "' registers no stage type";
  }
  return {};
}

std::string PluginLoader::load(const std::string& path, const std::string& directory) {
  void* handle = nullptr;
  if (std::string wrong = open(path, directory, handle); !wrong.empty()) return wrong;
  // The linker returns the same handle for the same file, whatever its name.
  if (const auto known = loaded_.find(handle); known != loaded_.end()) return known->second;
  return loaded_.emplace(handle, register_stages(path, handle)).first->second;
}

std::string PluginLoader::load_family(std::string_view type) {
  const std::string family = family_of(type);
  if (family.empty() || registry_.find(type)) return {};
  const std::filesystem::path file = own_file(family);
  // It is weir's own plugin, and no pipeline file names it.
  const auto quiet = std::exchange(announce_, nullptr);
  std::string wrong = file.empty() ? "" : load(file.string(), {});
  announce_ = quiet;
  return wrong;
}

std::string PluginLoader::looked_for(std::string_view type) const {
  const std::string family = family_of(type);
  if (family.empty() || !own_file(family).empty()) return {};
  for (const auto& known : registry_.types()) {
    if (known->name.starts_with(family + '.')) return {};
  }
  return "no " + family + ".so or lib" + family + ".so in '" + library_dir_.string() + "'";
}

std::vector<std::string> PluginLoader::load_families(std::string_view text) {
  std::set<std::string> problems;
  for (const std::string_view type : dotted_words(text, !hides_types(text))) {
    if (std::string wrong = load_family(type); !wrong.empty()) problems.insert(std::move(wrong));
  }
  return {problems.begin(), problems.end()};
}

std::vector<std::string> PluginLoader::load_all() {
  namespace fs = std::filesystem;
  std::error_code none;
  std::set<fs::path> files;  // Sorted by name, whatever the order of the folder.
  for (const fs::directory_entry& entry : fs::directory_iterator(library_dir_, none)) {
    if (entry.path().extension() == ".so" && entry.is_regular_file(none)) {
      files.insert(entry.path());
    }
  }
  std::vector<std::string> problems;
  for (const fs::path& file : files) {
    if (std::string wrong = load(file.string(), {}); !wrong.empty()) problems.push_back(wrong);
  }
  return problems;
}

}  // namespace weir::cli
