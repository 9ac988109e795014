#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace weir {

/// Says aloud that the test case which now runs is skipped, and why; once more when the program
/// ends. The caller returns.
void say_skipped(const std::string& why);

/// A file of the real logs in ../shared/data, or in the folder WEIR_DATA. Where it is not there,
/// the test case that asks is skipped.
std::optional<std::filesystem::path> real_log(const std::string& name);

}  // namespace weir
