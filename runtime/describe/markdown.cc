#include "runtime/describe/markdown.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "graph/compile/keys/call_keys.h"
#include "graph/compile/keys/pipeline_spec.h"
#include "graph/compile/keys/rate_keys.h"
#include "graph/compile/keys/role_keys.h"
#include "runtime/describe/describe.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Escapes a text for a table's cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

/// Returns the anchor that GitHub makes of a heading: letters, digits, '-' and '_', lower case.
std::string anchor(std::string_view heading) {
  std::string out;
  for (const char c : heading) {
    if (c == ' ') out += '-';
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') out += c;
  }
  return out;
}

std::string bounds(const OptionSpec& option) {
  if (option.min.empty() && option.max.empty()) return "";
  if (option.max.empty()) return "at least " + option.min;
  if (option.min.empty()) return "at most " + option.max;
  return option.min + " to " + option.max;
}

std::string options_table(const std::vector<OptionSpec>& options, const char* title = "option") {
  std::string text = std::string("| ") + title + " | type | default | |\n|---|---|---|---|\n";
  for (const OptionSpec& option : options) {
    std::string about = cell(about_text(option.about));
    if (const std::string limits = bounds(option); !limits.empty()) {
      about += "; " + cell(limits);
    }
    text += "| " + code(option.name) + " | " + cell(option.type) + " | " +
            (option.required ? "required" : code(one_line(option.default_text, 200))) + " | " +
            about + " |\n";
  }
  return text;
}

std::string section(const TypeSpec& type) {
  std::string text = "### " + type.name + "\n\n" + about_text(type.about) + ".\n\n";
  text += "Is " + std::string(compile::role_name(type.role)) + ".";
  for (const std::string& fact : facts_of(type)) text += " " + fact + ".";
  if (type.options.empty()) text += " It takes no options.";
  if (type.set_key) text += " It takes `key`, a field or a list of fields, beside `uses`.";
  text += "\n\n";
  if (!type.options.empty()) text += options_table(type.options) + "\n";
  for (const OptionSpec& option : type.options) {
    if (option.keys.empty()) continue;
    text += "Under `" + option.name + "`:\n\n" + options_table(option.keys, "key") + "\n";
  }
  if (!type.example.empty()) {
    text += "```yaml\n" + type.example + (type.example.ends_with('\n') ? "" : "\n") + "```\n\n";
  }
  return text;
}

/// Returns the reference of the engine's own keys.
std::string keys_sections() {
  std::string text = "## The file\n\n" + options_table(compile::pipeline_keys(), "key");
  text += "\nUnder `params`, by name:\n\n" + options_table(compile::param_keys(), "key");
  text += "\nUnder `limits`:\n\n" + options_table(compile::limit_keys(), "key");
  text += "\nUnder `shared`:\n\n" + options_table(compile::shared_keys(), "key");
  text +=
      "\n## A stage\n\nThe same for every type:\n\n" + options_table(compile::stage_keys(), "key");
  for (const compile::KeyMap& map : compile::stage_key_maps()) {
    text += "\nUnder `" + map.key + "`:\n\n" + options_table(map.keys, "key");
  }
  return text + "\n";
}

}  // namespace

std::string markdown_reference(const Registry& registry) {
  static constexpr std::pair<Role, const char*> kGroups[] = {
      {Role::source, "Sources"},
      {Role::transform, "Transforms"},
      {Role::async_transform, "Async transforms"},
      {Role::keyed_transform, "Keyed transforms"},
      {Role::serial_transform, "Serial transforms"},
      {Role::sink, "Sinks"}};
  std::string text =
      "# Reference\n\n"
      "Made by `weir describe --markdown` from the declarations that check pipelines; not to be "
      "edited by hand.\n\n";
  std::string sections;
  for (const auto& [role, title] : kGroups) {
    std::vector<const TypeSpec*> types = of_role(registry, role);
    if (types.empty()) continue;
    text += std::string("**") + title + ":**";
    for (const TypeSpec* type : types) {
      text +=
          (type == types.front() ? " [" : ", [") + type->name + "](#" + anchor(type->name) + ")";
    }
    text += "\n\n";
    sections += std::string("## ") + title + "\n\n";
    for (const TypeSpec* type : types) sections += section(*type);
  }
  text += keys_sections() + sections;
  text.pop_back();
  return text;
}

}  // namespace weir::cli
