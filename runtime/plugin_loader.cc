#include "runtime/plugin_loader.h"

#include <dlfcn.h>

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include "weir/plugin.h"

namespace weir {
namespace {

constexpr const char* kSymbol = "weir_plugin_info";

std::string linker_error() {
  const char* text = ::dlerror();
  return text ? text : "unknown error";
}

/// What differs between the plugin's build and this one; empty if it fits.
std::string misfit(const std::string& path, const detail::PluginInfo& info) {
  if (info.abi != WEIR_ABI) {
    return "plugin '" + path + "' was built for weir ABI " + std::to_string(info.abi) +
           ", this is " + std::to_string(WEIR_ABI) + ": build it again with this weir's headers";
  }
  // Only now: another ABI may have laid out the rest differently.
  if (std::string_view(info.compiler) != WEIR_COMPILER_ABI) {
    return "plugin '" + path + "' was built by a compiler with the ABI '" + info.compiler +
           "', this is '" WEIR_COMPILER_ABI "'";
  }
  return {};
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view what) {
  return std::min(text.find_first_not_of(what, at), text.size());
}

/// Whether `text` before `at` ends in the key of a stage's type: `uses:`, in quotes or not, with
/// whatever blanks around the colon.
bool follows_uses(std::string_view text, std::size_t at) {
  constexpr std::string_view kKey = "uses";
  const std::size_t colon = text.substr(0, at).find_last_not_of(" \t\r\n\"'");
  if (colon == text.npos || text[colon] != ':') return false;
  const std::size_t end = text.substr(0, colon).find_last_not_of(" \t\"'");
  if (end == text.npos || end + 1 < kKey.size()) return false;
  const std::size_t begin = end + 1 - kKey.size();
  return text.substr(begin, kKey.size()) == kKey && (begin == 0 || !is_word(text[begin - 1]));
}

/// The words with a dot in `text`, such as `http.fetch`.
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

/// Whether the type of some stage stands elsewhere than behind its `uses:`: it is made of params,
/// an alias or a block. Also true for the text of `-e`, which has no such key.
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

}  // namespace

std::filesystem::path PluginLoader::own_file(const std::string& family) const {
  std::error_code ignored;
  for (const std::string& name : {family + ".so", "lib" + family + ".so"}) {
    if (std::filesystem::is_regular_file(library_dir_ / name, ignored)) return library_dir_ / name;
  }
  return {};
}

std::string PluginLoader::open(const std::string& path, const std::string& directory,
                               void*& handle) const {
  namespace fs = std::filesystem;
  const fs::path wanted(path);
  std::string found_but_bad;
  const auto try_file = [&](const fs::path& file) {
    std::error_code ignored;
    if (handle || !fs::is_regular_file(file, ignored)) return;
    // Absolute, so that the linker takes the path as it is and does not search.
    handle = ::dlopen(fs::absolute(file).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle && found_but_bad.empty()) found_but_bad = linker_error();
  };
  try_file(wanted.is_absolute() ? wanted : fs::path(directory) / wanted);
  if (!handle && wanted.is_relative() && found_but_bad.empty()) {
    if (!wanted.has_parent_path()) handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    try_file(library_dir_ / wanted);
    if (!wanted.has_parent_path() && !wanted.has_extension()) try_file(own_file(path));
  }
  if (handle) return {};
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
  // The linker gives the same handle for the same file, whatever it was called.
  if (const auto known = loaded_.find(handle); known != loaded_.end()) return known->second;
  return loaded_.emplace(handle, register_stages(path, handle)).first->second;
}

std::string PluginLoader::load_family(std::string_view type) {
  const std::string family(type.substr(0, std::min(type.find('.'), type.size())));
  if (family.size() == type.size() || registry_.find(type)) return {};
  if (!std::all_of(family.begin(), family.end(), is_word)) return {};
  const std::filesystem::path file = own_file(family);
  return file.empty() ? "" : load(file.string(), {});
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
  std::set<fs::path> files;  // In the order of their names, whatever the folder's is.
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

}  // namespace weir
