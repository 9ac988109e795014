#pragma once

namespace weir {

/// The whole program: reads the command line, runs the command, returns the exit code.
int run_cli(int argc, char** argv);

}  // namespace weir
