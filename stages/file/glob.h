#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::stages::file {

/// Globs of what is not to be read. One without a slash is compared with a file's name, any other
/// with its whole path.
class Exclusions {
 public:
  explicit Exclusions(const std::vector<std::string>& globs);
  bool has(std::string_view path) const;
  /// Returns whether nothing in or below `directory` can be wanted (`old/**`).
  bool has_all_of(std::string_view directory) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> paths_;
};

/// What a glob names now.
struct Listing {
  struct Entry {
    std::string path;
    int error = 0;  ///< Else 0; for a directory that could not be listed, why.
  };
  std::vector<Entry> entries;            ///< Sorted by the bytes of their paths, each once.
  std::vector<std::string> directories;  ///< Those that were listed; "" is the current one.
};

/// Returns the paths that match a shell's pattern. `*`, `?` and `[...]` match within a name; names
/// that begin with a dot match only a dot. A `**` that is a whole part of the path matches any
/// directories, also none, and goes through no links. Only files and what may be one are listed
/// where `**` or `*` stands last; links are listed, wherever they lead.
Listing expand_glob(std::string_view pattern, const Exclusions& exclusions);

}  // namespace weir::stages::file
