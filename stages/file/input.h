#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/file/codec.h"
#include "stages/file/fd.h"
#include "stages/file/glob.h"

namespace weir::stages::file {

/// A file to read, or stdin (path "-").
struct Input {
  std::string path;
  std::string named;              ///< The path or glob that named it.
  std::optional<int> descriptor;  ///< The descriptor that the path stands for.
  bool regular = false;           ///< False for a pipe, device or terminal: reading may wait.
  /// The offset where reading begins: stdin may be a file that was read in part.
  std::uint64_t first = 0;
  /// The size of a regular file.
  std::uint64_t end = 0;
  std::string problem;  ///< Why a file or directory that a glob has found cannot be read.
};

/// Finds and checks the files that `paths` name, with globs expanded and sorted. What a glob finds
/// and nobody may read becomes an input with a problem. Throws Error "io" for a path that is
/// missing, a directory, or not readable, and for a glob that finds nothing.
std::vector<Input> find_inputs(const std::vector<std::string>& paths, const Exclusions& exclusions);

/// Returns whether the path is a glob: it looks like one, and there is no file of that name.
bool is_glob(const std::string& path);
/// False for what a glob matches beside files: directories, and links that lead nowhere.
bool is_file(const std::string& path);

/// Opens the file and checks it again.
Fd open_input(Input& input);

/// Detects the kind of a regular file from its first bytes.
Detected kind_of(const Fd& fd, const Input& input);

}  // namespace weir::stages::file
