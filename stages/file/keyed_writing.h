#pragma once

#include <cstddef>
#include <string>

#include "stages/file/codec.h"
#include "stages/file/path_template.h"
#include "weir/kinds.h"

namespace weir::stages::file {

/// How the files of a path with fields are written.
struct KeyedWriting {
  PathTemplate path;
  bool append = false;
  std::string delimiter;
  Codec codec = Codec::none;
  bool bom = false;
  /// The form of what the last stage makes. If it has a header, that is a record without fields,
  /// and each file gets it.
  Framing written;
  std::size_t max_open = 0;
  std::size_t max_files = 0;
};

}  // namespace weir::stages::file
