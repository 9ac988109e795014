#pragma once

#include <string>
#include <vector>

#include "weir/registry.h"

namespace weir::cli {

/// Returns the text of `weir list`: every type with its purpose, grouped by role, in at most
/// `width` columns.
std::string list_text(const Registry& registry, bool colours, std::size_t width);

/// Returns the text of `weir describe TYPE`.
std::string describe_text(const TypeSpec& type, bool colours, std::size_t width);

/// Returns the types of one role, sorted by name; batch transforms count as transforms.
std::vector<const TypeSpec*> of_role(const Registry& registry, Role role);

/// Returns the description in a declaration, without a full stop at its end.
std::string about_text(const std::string& about);

/// Returns what a type's declaration means for its users, as sentences without a full stop.
std::vector<std::string> facts_of(const TypeSpec& type);

/// Returns the facts about an option beside its type, joined: "required", "default 3", "at least
/// 1".
std::string option_facts(const OptionSpec& option);

}  // namespace weir::cli
