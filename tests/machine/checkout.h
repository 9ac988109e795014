#pragma once

#include <string>

namespace weir {

/// The folders of the sources and of the build. Only one file is compiled with their paths, so that
/// what one checkout has compiled need not be compiled again in another.
std::string source_dir();
std::string build_dir();

}  // namespace weir
