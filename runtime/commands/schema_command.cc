#include "runtime/commands/schema_command.h"

#include "runtime/commands/pipeline_text.h"
#include "runtime/describe/json_schema.h"

namespace weir::cli {

int schema_command(Runtime& runtime, const SchemaArguments& arguments) {
  runtime.load_all_plugins();
  if (!arguments.file.empty()) {
    PipelineChoice choice;
    choice.file = arguments.file;
    const std::optional<PipelineText> text = read_pipeline_text(runtime, choice);
    if (!text) return 2;
    runtime.announce_plugins();
    // Loads the plugins that the file names. Its mistakes are shown, since one may be a plugin that
    // cannot be loaded.
    const compile::Loaded loaded =
        compile::load_plan(text->yaml, text->name, runtime.load_options());
    show_diagnostics(runtime, loaded, text->yaml, Shown::errors);
  }
  return runtime.print(json_schema(runtime.registry()));
}

}  // namespace weir::cli
