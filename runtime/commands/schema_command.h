#pragma once

#include <string>

#include "runtime/process/runtime.h"

namespace weir::cli {

/// The command line of `weir schema`.
struct SchemaArguments {
  std::string file;  ///< The pipeline whose plugins' types the schema knows, too; empty: none.
};

/// Prints a JSON Schema of pipeline files.
int schema_command(Runtime& runtime, const SchemaArguments& arguments);

}  // namespace weir::cli
