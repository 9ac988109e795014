#pragma once

#include <string>
#include <string_view>

namespace weir::cli {

/// Returns `folder/name`, or the name if the folder is empty. The program does not join paths with
/// std::filesystem, whose `/` crashes when memory runs out (libstdc++ 12).
inline std::string joined_path(std::string folder, std::string_view name) {
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  return folder.append(name);
}

}  // namespace weir::cli
