#include "stages/file/glob.h"

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace weir::stages::file {
namespace {

constexpr std::string_view kAnyDirectories = "**";

bool is_pattern(std::string_view part) { return part.find_first_of("*?[\\") != part.npos; }

bool matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

/// Splits at slashes. An absolute path begins with an empty part.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t at = 0;;) {
    const std::size_t end = path.find('/', at);
    const std::string_view part = path.substr(at, end == path.npos ? end : end - at);
    const bool again = part == kAnyDirectories && !parts.empty() && parts.back() == part;
    if (!again && (at == 0 || end == path.npos || !part.empty())) parts.emplace_back(part);
    if (end == path.npos) return parts;
    at = end + 1;
  }
}

bool is_dotted(const std::string& name) { return name.starts_with('.'); }

/// Matches the parts of a path from `at` on with those of a pattern from `from` on.
bool match_parts(const std::vector<std::string>& pattern, std::size_t from,
                 const std::vector<std::string>& path, std::size_t at) {
  if (from == pattern.size()) return at == path.size();
  if (pattern[from] != kAnyDirectories) {
    return at < path.size() && matches(pattern[from], path[at]) &&
           match_parts(pattern, from + 1, path, at + 1);
  }
  // At the end it stands for a file, too.
  if (from + 1 == pattern.size()) {
    return at < path.size() &&
           std::none_of(path.begin() + static_cast<std::ptrdiff_t>(at), path.end(), is_dotted);
  }
  for (; at < path.size(); ++at) {
    if (match_parts(pattern, from + 1, path, at)) return true;
    if (is_dotted(path[at])) return false;
  }
  return false;
}

struct Close {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

bool is_directory(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

/// Walks the directories that a pattern leads to.
class Walk {
 public:
  Walk(std::vector<std::string> parts, const Exclusions& exclusions)
      : parts_(std::move(parts)), exclusions_(exclusions) {}

  /// Goes on at `directory`, which is empty or ends with a slash, with the parts from `part` on.
  void go(const std::string& directory, std::size_t part) {
    const std::string& pattern = parts_[part];
    const bool last = part + 1 == parts_.size();
    if (pattern == kAnyDirectories) {
      descend(directory, part, last);
    } else if (!is_pattern(pattern)) {
      step(directory, pattern, part, DT_UNKNOWN);
    } else {
      each_name(directory, [&](const std::string& name, unsigned char type) {
        if (matches(pattern, name)) step(directory, name, part, type);
      });
    }
  }

  Listing take() {
    std::vector<Listing::Entry>& entries = listing_.entries;
    const auto path = [](const Listing::Entry& entry) -> const std::string& { return entry.path; };
    std::ranges::stable_sort(entries, {}, path);
    const auto same = [](const Listing::Entry& one, const Listing::Entry& other) {
      return one.path == other.path;
    };
    entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
    return std::move(listing_);
  }

 private:
  /// `**`: the directory itself, and all below it.
  void descend(const std::string& directory, std::size_t part, bool last) {
    if (!last) go(directory, part + 1);
    each_name(directory, [&](const std::string& name, unsigned char type) {
      if (is_dotted(name)) return;
      if (type == DT_UNKNOWN) type = type_of(directory + name);
      if (type == DT_DIR) {
        enter(directory + name + "/", part);
      } else if (last) {
        add(directory + name);
      }
    });
  }

  /// Takes one name: a directory on the way, or what is looked for.
  void step(const std::string& directory, const std::string& name, std::size_t part,
            unsigned char type) {
    const std::string path = directory + name;
    if (part + 1 == parts_.size()) {
      if (type != DT_DIR && (type != DT_UNKNOWN || type_of(path) != DT_UNKNOWN)) add(path);
    } else if (name.empty() || type == DT_DIR || is_directory(path)) {
      enter(path + "/", part + 1);
    }
  }

  void enter(const std::string& directory, std::size_t part) {
    if (!exclusions_.has_all_of(directory)) go(directory, part);
  }

  void add(const std::string& path) {
    if (!exclusions_.has(path)) listing_.entries.push_back({path});
  }

  /// DT_UNKNOWN if there is nothing.
  static unsigned char type_of(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) return DT_UNKNOWN;
    return S_ISDIR(info.st_mode) ? DT_DIR : S_ISLNK(info.st_mode) ? DT_LNK : DT_REG;
  }

  /// Calls `body` for each name in the directory but `.` and `..`.
  template <class Body>
  void each_name(const std::string& directory, Body&& body) {
    std::unique_ptr<DIR, Close> open(::opendir(directory.empty() ? "." : directory.c_str()));
    if (!open) return refused(directory, errno);
    listing_.directories.push_back(directory);
    std::vector<std::pair<std::string, unsigned char>> names;
    errno = 0;
    while (const dirent* entry = ::readdir(open.get())) {  // NOLINT(concurrency-mt-unsafe)
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name, entry->d_type);
      errno = 0;
    }
    if (errno != 0) refused(directory, errno);
    open.reset();  // However deep the folders are, one is open.
    for (const auto& [name, type] : names) body(name, type);
  }

  void refused(const std::string& directory, int error) {
    if (error == ENOENT || error == ENOTDIR) return;
    const bool shorten = directory.size() > 1;
    listing_.entries.push_back(
        {shorten ? directory.substr(0, directory.size() - 1) : directory, error});
  }

  const std::vector<std::string> parts_;
  const Exclusions& exclusions_;
  Listing listing_;
};

}  // namespace

Exclusions::Exclusions(const std::vector<std::string>& globs) {
  for (const std::string& glob : globs) {
    if (glob.find('/') == glob.npos) {
      names_.push_back(glob);
    } else {
      paths_.push_back(parts_of(glob));
    }
  }
}

bool Exclusions::has(std::string_view path) const {
  if (names_.empty() && paths_.empty()) return false;
  const std::string name(path.substr(path.rfind('/') + 1));
  if (std::ranges::any_of(names_, [&](const std::string& glob) { return matches(glob, name); })) {
    return true;
  }
  const std::vector<std::string> parts = parts_of(path);
  return std::ranges::any_of(paths_,
                             [&](const auto& glob) { return match_parts(glob, 0, parts, 0); });
}

bool Exclusions::has_all_of(std::string_view directory) const {
  if (paths_.empty()) return false;
  std::vector<std::string> parts = parts_of(directory);
  if (!parts.empty() && parts.back().empty()) parts.pop_back();
  return std::ranges::any_of(paths_, [&](std::vector<std::string> glob) {
    if (glob.size() < 2 || glob.back() != kAnyDirectories) return false;
    glob.pop_back();
    return match_parts(glob, 0, parts, 0);
  });
}

Listing expand_glob(std::string_view pattern, const Exclusions& exclusions) {
  Walk walk(parts_of(pattern), exclusions);
  walk.go("", 0);
  return walk.take();
}

}  // namespace weir::stages::file
