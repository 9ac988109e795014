#include "runtime/describe/describe.h"

#include <algorithm>
#include <utility>

#include "graph/compile/keys/role_keys.h"
#include "runtime/terminal/console.h"
#include "runtime/terminal/figures.h"
#include "runtime/terminal/table.h"

namespace weir::cli {
namespace {

/// Returns the lines of `text`, each after `indent`.
std::string indented(std::string_view text, const std::string& indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += (end == 0 ? "" : indent) + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string options_text(const std::vector<OptionSpec>& options, bool colours, std::size_t width,
                         std::size_t indent) {
  std::string text;
  const std::size_t deeper = indent + 4;
  for (const OptionSpec& option : options) {
    const std::string facts = option_facts(option);
    text += std::string(indent, ' ') + painted(colours, Tone::strong, option.name) + "  " +
            option.type + (facts.empty() ? "" : "; " + facts) + "\n" + std::string(deeper, ' ') +
            wrapped_text(about_text(option.about), width - std::min(deeper, width), deeper) + "\n" +
            options_text(option.keys, colours, width, deeper);
  }
  return text;
}

}  // namespace

std::vector<const TypeSpec*> of_role(const Registry& registry, Role role) {
  std::vector<const TypeSpec*> types;
  for (const auto& type : registry.types()) {
    const Role shown = type->role == Role::batch_transform ? Role::transform : type->role;
    if (shown == role) types.push_back(type.get());
  }
  std::ranges::sort(types, {}, [](const TypeSpec* type) { return type->name; });
  return types;
}

std::string about_text(const std::string& about) {
  return about.ends_with('.') ? about.substr(0, about.size() - 1) : about;
}

std::string option_facts(const OptionSpec& option) {
  std::string text = option.required ? "required" : "";
  const auto add = [&](const std::string& fact) { text += (text.empty() ? "" : ", ") + fact; };
  if (!option.default_text.empty()) add("default " + one_line(option.default_text, 200));
  if (!option.min.empty() && !option.max.empty()) {
    add(option.min + " to " + option.max);
  } else if (!option.min.empty()) {
    add("at least " + option.min);
  } else if (!option.max.empty()) {
    add("at most " + option.max);
  }
  return text;
}

std::vector<std::string> facts_of(const TypeSpec& type) {
  std::vector<std::string> facts;
  if (type.role == Role::async_transform) {
    facts.emplace_back("A record that waits takes no thread: 'workers' may be thousands");
  }
  if (type.blocking) facts.emplace_back("It waits in calls: each of 'workers' is a thread");
  if (type.idempotent)
    facts.emplace_back("Calling it twice for a record does no harm: it may be hedged");
  return facts;
}

std::string list_text(const Registry& registry, bool colours, std::size_t width) {
  static constexpr std::pair<Role, const char*> kGroups[] = {
      {Role::source, "sources"},
      {Role::transform, "transforms, any number of records at a time"},
      {Role::async_transform, "async transforms, thousands of records at a time, each waiting"},
      {Role::keyed_transform, "keyed transforms, with state for each key"},
      {Role::serial_transform, "serial transforms, one record after the other, with state"},
      {Role::sink, "sinks"}};
  std::size_t longest = 0;
  for (const auto& type : registry.types()) longest = std::max(longest, type->name.size());
  std::string text;
  for (const auto& [role, title] : kGroups) {
    Table table({Align::left, Align::left});
    table.indent(2);
    const std::vector<const TypeSpec*> types = of_role(registry, role);
    if (types.empty()) continue;
    for (const TypeSpec* type : types) {
      std::string name = painted(colours, Tone::strong, type->name);
      table.row({name + std::string(longest - type->name.size(), ' '), about_text(type->about)});
    }
    text += (text.empty() ? "" : "\n") + std::string(title) + "\n" + table.text(width);
  }
  return text;
}

std::string describe_text(const TypeSpec& type, bool colours, std::size_t width) {
  std::string text = painted(colours, Tone::strong, type.name);
  text += ", " + std::string(compile::role_name(type.role)) + "\n  " +
          wrapped_text(about_text(type.about), width - 2, 2) + "\n";
  for (const std::string& fact : facts_of(type))
    text += "  " + wrapped_text(fact, width - 2, 2) + "\n";
  if (type.options.empty()) {
    text += "\nIt takes no options.\n";
  } else {
    text += "\noptions\n";
    text += options_text(type.options, colours, width, 2);
  }
  if (type.set_key)
    text += "\nIt takes the key 'key' beside 'uses': a field or a list of fields.\n";
  if (!type.example.empty()) text += "\nexample\n" + indented(type.example, "  ");
  return text;
}

}  // namespace weir::cli
