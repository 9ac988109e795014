#include "graph/spec/role_keys.h"

namespace weir {
namespace {

/// A key that a role does not take, and why.
struct Refusal {
  Role role;
  const char* key;
  const char* why;
};

constexpr Refusal kRefusals[] = {
    {Role::source, "when", "there is nothing yet that could pass it by"},
    {Role::source, "workers", "a source is read by one thread"},
    {Role::sink, "workers", "it sees one batch at a time"},
    {Role::sink, "order", "nothing leaves a sink: say it on a stage above"},
    {Role::serial_transform, "workers", "it sees one record at a time"},
};

void refuse(const StageSpec& spec, const TypeSpec& type, const char* key, const std::string& why,
            Diagnostics& diagnostics) {
  diagnostics.error(entry_of(*spec.node, key)->key.mark,
                    "'" + spec.name + "' (" + type.name + ") is " + role_name(type.role) +
                        " and takes no '" + key + "'",
                    why);
}

}  // namespace

const char* role_name(Role role) {
  switch (role) {
    case Role::source:
      return "a source";
    case Role::transform:
    case Role::batch_transform:
      return "a transform";
    case Role::serial_transform:
      return "a serial transform";
    case Role::sink:
      return "a sink";
  }
  return "a stage";
}

bool check_keys_of_role(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  bool good = true;
  for (const Refusal& refusal : kRefusals) {
    if (refusal.role != type.role || !entry_of(*spec.node, refusal.key)) continue;
    refuse(spec, type, refusal.key, refusal.why, diagnostics);
    good = false;
  }
  const bool serial_unordered = type.role == Role::serial_transform && spec.order == Order::none;
  if (serial_unordered) {
    diagnostics.error(spec.node->find("order")->mark,
                      "'" + spec.name + "' (" + type.name +
                          ") is a serial transform: its output leaves as its input arrives",
                      "say 'order: none' on a stage above");
    good = false;
  }
  if (!type.set_key && entry_of(*spec.node, "key")) {
    diagnostics.error(entry_of(*spec.node, "key")->key.mark,
                      "'" + spec.name + "' (" + type.name + ") takes no 'key'",
                      "only a type that has state per key does");
    good = false;
  }
  const Node* key = spec.node->find("key");
  if (type.set_key && key && key->shape == Node::Shape::list && key->items.empty()) {
    diagnostics.error(key->mark, "expected at least one field, got none");
    good = false;
  }
  return good;
}

}  // namespace weir
