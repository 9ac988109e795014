#pragma once

namespace weir::cli {

/// Runs the whole program: parses the command line, runs the command, returns the exit code.
int run_cli(int argc, char** argv);

}  // namespace weir::cli
