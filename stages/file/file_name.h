#pragma once

#include <optional>
#include <string>

#include "stages/file/fd.h"

namespace weir::stages::file {

/// The descriptor or the file that a path leads to.
struct FileName {
  /// A descriptor that this process was started with: "-", /dev/stdout, /dev/fd/3. Opening such a
  /// path would begin a file anew that the shell has begun.
  std::optional<int> descriptor;
  /// Otherwise the name of the file itself, which need not exist. Its last part is no symbolic
  /// link.
  std::string path;
};

/// Follows the symbolic links at the end of `path`; "-" stands for `dash`. Throws Error "io" where
/// the system would not follow them: in a loop, or a stranger's link in a directory where everybody
/// may write.
FileName resolve(const std::string& path, int dash);

/// Returns the descriptor alone, for callers that let the system follow the links.
std::optional<int> descriptor_of(const std::string& path, int dash);

/// Return "DIRECTORY" and "NAME" of a path.
std::string directory_of(const std::string& path);
std::string last_part(const std::string& path);

/// Returns the error of a file that could not be created. It says so if there is no directory.
Error create_error(const std::string& path, int error);

/// Returns a descriptor that shares the file and the position of `descriptor`. `mode` is O_RDONLY
/// or O_WRONLY, for which it must be open. Throws Error "io".
Fd duplicate(int descriptor, int mode, const std::string& path);

/// Returns the name of a path in messages: `dash`, such as "stdout", for "-".
std::string shown_name(const std::string& path, const char* dash);

}  // namespace weir::stages::file
