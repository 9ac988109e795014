#pragma once

#include <string>
#include <vector>

#include "weir/registry.h"

namespace weir {

/// What `weir list` prints: every type in a line, grouped by what it does.
std::string list_text(const Registry& registry, bool colours);

/// What `weir describe TYPE` prints.
std::string describe_text(const TypeSpec& type, bool colours);

/// The types of one role, sorted by name; batch transforms are among the transforms.
std::vector<const TypeSpec*> of_role(const Registry& registry, Role role);

/// What a declaration says about something, without a full stop at its end.
std::string about_text(const std::string& about);

/// What follows from a type's declaration for who uses it, sentences without a full stop.
std::vector<std::string> facts_of(const TypeSpec& type);

/// What an option may be beside its type: "required", "default 3", "at least 1", joined.
std::string option_facts(const OptionSpec& option);

}  // namespace weir
