#include "runtime/commands/param_help.h"

#include <algorithm>

#include "runtime/terminal/table.h"

namespace weir::cli {

std::string param_help(const compile::PipelineHelp& help, const std::string& file,
                       const std::vector<std::string>& options) {
  std::string text = file;
  if (!help.name.empty()) text += " (" + help.name + ")";
  if (!help.about.empty()) text += ": " + help.about;
  if (help.params.empty()) return text + "\nIt has no parameters.\n";
  Table table({Align::left, Align::left, Align::left});
  table.indent(2);
  for (const compile::ParamHelp& param : help.params) {
    const bool taken = std::ranges::find(options, "--" + param.name) != options.end();
    table.row({(taken ? "--set " : "--") + param.name + "=...", param.about,
               param.default_text ? "default " + *param.default_text : "required"});
  }
  return text + "\nParameters:\n" + table.text();
}

}  // namespace weir::cli
