#include "stages/file/glob.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "stages/file/fd.h"

namespace weir::stages::file {
namespace {

constexpr std::string_view kSpecial = "*?[\\";

std::vector<std::string> expand_names(const std::string& pattern) {
  glob_t found{};
  errno = 0;
  // Sources are opened on one thread.
  const int code =
      ::glob(pattern.c_str(), GLOB_ERR, nullptr, &found);  // NOLINT(concurrency-mt-unsafe)
  const int error = errno;
  std::vector<std::string> paths;
  if (code == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (code == GLOB_NOSPACE) throw io_error("list", pattern, ENOMEM);
  if (code == GLOB_ABORTED) throw io_error("list", pattern, error == 0 ? EIO : error);
  return paths;
}

/// Returns a pattern that only this path matches.
std::string literal(const std::string& path) {
  std::string pattern;
  for (const char c : path) {
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// Returns `directory` and all directories below it, each with a slash at its end. "" is the
/// current one.
std::vector<std::string> directories_in(const std::string& directory) {
  std::vector<std::string> all{directory};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string at = all[i];
    std::error_code error;
    std::filesystem::directory_iterator entry(at.empty() ? "." : at, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      std::error_code gone;
      const std::string name = entry->path().filename().string();
      if (name.starts_with('.') || !std::filesystem::is_directory(entry->symlink_status(gone)))
        continue;
      all.push_back(at + name + "/");
    }
    if (error && error.value() != ENOENT) throw io_error("list", at, error.value());
  }
  return all;
}

/// Returns the offset of a `**` that is a whole part of the path; npos if there is none.
std::size_t find_deep(const std::string& pattern) {
  for (std::size_t at = pattern.find("**"); at != pattern.npos; at = pattern.find("**", at + 1)) {
    const bool begins = at == 0 || pattern[at - 1] == '/';
    if (begins && (at + 2 == pattern.size() || pattern[at + 2] == '/')) return at;
  }
  return pattern.npos;
}

void expand_deep(const std::string& pattern, std::vector<std::string>& out) {
  const std::size_t deep = find_deep(pattern);
  if (deep == pattern.npos) {
    const std::vector<std::string> paths = expand_names(pattern);
    out.insert(out.end(), paths.begin(), paths.end());
    return;
  }
  const std::string above = pattern.substr(0, deep);
  const std::string below = deep + 3 < pattern.size() ? pattern.substr(deep + 3) : "*";
  const std::vector<std::string> tops =
      above.empty() ? std::vector<std::string>{""} : expand_names(above);
  for (const std::string& top : tops) {
    for (const std::string& directory : directories_in(top)) {
      expand_deep(literal(directory) + below, out);
    }
  }
}

}  // namespace

std::vector<std::string> expand_glob(const std::string& pattern) {
  std::vector<std::string> paths;
  expand_deep(pattern, paths);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

}  // namespace weir::stages::file
