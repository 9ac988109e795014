#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stages/file/fd.h"

namespace weir::file {

/// One file to read, or stdin (path "-").
struct Input {
  std::string path;
  bool regular = false;     ///< Else a pipe, a device, a terminal: reading may wait.
  std::uint64_t first = 0;  ///< Where reading begins: stdin may be a file that was read in part.
  std::uint64_t end = 0;    ///< Size of a regular file.
};

/// The files that `paths` name, globs expanded and sorted, all of them looked at: throws Error "io"
/// for one that is missing, a directory, or not readable.
std::vector<Input> find_inputs(const std::vector<std::string>& paths);

/// Opens it, and looks at it again.
Fd open_input(Input& input);

}  // namespace weir::file
