#pragma once

#include <string>

namespace weir::stages::file {

/// Reject a path that asks for what weir does not have, before a file of that literal name is made:
/// a scheme or a home directory; in an output also places for fields and dates, or a kind of
/// compression. Throw OptionError at "path".
void check_input_path(const std::string& path);
void check_output_path(const std::string& path);
void check_extension(const std::string& path);

}  // namespace weir::stages::file
