#pragma once

#include <filesystem>
#include <string>

namespace weir::cli {

/// Returns a defect of a shared library's file that the dynamic linker does not check: a file that
/// is cut off can be mapped, and then ends the process by SIGBUS when it is read. Empty if there is
/// none, or if it is no ELF file, which the linker reports better.
std::string elf_problem(const std::filesystem::path& file);

}  // namespace weir::cli
