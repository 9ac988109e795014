#include "runtime/describe.h"

#include <algorithm>
#include <utility>

#include "graph/spec/role_keys.h"
#include "runtime/console.h"
#include "runtime/figures.h"
#include "runtime/table.h"

namespace weir {
namespace {

/// The lines of `text`, each behind `indent`.
std::string indented(std::string_view text, const std::string& indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += (end == 0 ? "" : indent) + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
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

std::string list_text(const Registry& registry, bool colours) {
  static constexpr std::pair<Role, const char*> kGroups[] = {
      {Role::source, "sources"},
      {Role::transform, "transforms, any number of records at a time"},
      {Role::async_transform, "async transforms, thousands of records at a time, each waiting"},
      {Role::keyed_transform, "keyed transforms, with state for each key"},
      {Role::serial_transform, "serial transforms, one record after the other, with state"},
      {Role::sink, "sinks"}};
  std::size_t width = 0;
  for (const auto& type : registry.types()) width = std::max(width, type->name.size());
  std::string text;
  for (const auto& [role, title] : kGroups) {
    Table table({Align::left, Align::left});
    table.indent(2);
    const std::vector<const TypeSpec*> types = of_role(registry, role);
    if (types.empty()) continue;
    for (const TypeSpec* type : types) {
      std::string name = painted(colours, Tone::strong, type->name);
      table.row({name + std::string(width - type->name.size(), ' '), about_text(type->about)});
    }
    text += (text.empty() ? "" : "\n") + std::string(title) + "\n" + table.text();
  }
  return text;
}

std::string describe_text(const TypeSpec& type, bool colours) {
  std::string text = painted(colours, Tone::strong, type.name);
  text += ", " + std::string(role_name(type.role)) + "\n  " + about_text(type.about) + "\n";
  for (const std::string& fact : facts_of(type)) text += "  " + fact + "\n";
  if (type.options.empty()) {
    text += "\nIt takes no options.\n";
  } else {
    text += "\noptions\n";
    for (const OptionSpec& option : type.options) {
      const std::string facts = option_facts(option);
      text += "  " + painted(colours, Tone::strong, option.name) + "  " + option.type +
              (facts.empty() ? "" : "; " + facts) + "\n";
      text += "      " + about_text(option.about) + "\n";
    }
  }
  if (type.set_key)
    text += "\nIt takes the key 'key' beside 'uses': a field or a list of fields.\n";
  if (!type.example.empty()) text += "\nexample\n" + indented(type.example, "  ");
  return text;
}

}  // namespace weir
