#include "graph/compile/keys/role_keys.h"

#include <algorithm>

#include "graph/compile/keys/call_check.h"
#include "graph/compile/plan/stage_shape.h"

namespace weir::compile {
namespace {

/// A key that a role does not take, and the reason.
struct Refusal {
  Role role;
  const char* key;
  const char* why;
};

constexpr Refusal kRefusals[] = {
    {Role::source, "when", "there is nothing yet that could pass it by"},
    {Role::source, "workers", "a source is read by one thread"},
    {Role::source, "queue", "nothing waits for a source"},
    {Role::source, "from", "a source reads no other stage"},
    {Role::source, "merge", "a source reads no other stage"},
    {Role::source, "loop", "a source reads no other stage"},
    {Role::sink, "workers", "it sees one batch at a time"},
    {Role::sink, "order", "nothing leaves a sink: say it on a stage above"},
    {Role::serial_transform, "workers", "it sees one record at a time"},
    {Role::keyed_transform, "retry", "a second attempt would find its state changed"},
    {Role::keyed_transform, "hedge", "a second attempt would find its state changed"},
};

/// The keys about single calls. A stage without single calls takes none of them.
constexpr const char* kCallKeys[] = {"deadline", "timeout", "on_deadline", "retry",     "hedge",
                                     "rate",     "breaker", "cost",        "idempotent"};

std::string with_type(const StageSpec& spec, const TypeSpec& type) {
  return "'" + spec.name + "' (" + type.name + ")";
}

void refuse(const StageSpec& spec, const TypeSpec& type, const char* key, const std::string& why,
            Diagnostics& diagnostics) {
  diagnostics.error(
      entry_of(*spec.node, key)->key.mark,
      with_type(spec, type) + " is " + role_name(type.role) + " and takes no '" + key + "'", why);
}

bool check_call_keys(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  if (is_concurrent(type.role)) return true;
  bool good = true;
  for (const char* key : kCallKeys) {
    if (!entry_of(*spec.node, key)) continue;
    refuse(spec, type, key, "only stages that see each record alone do", diagnostics);
    good = false;
  }
  return good;
}

/// Returns whether the stage's role takes its `order`; reports it if not.
bool check_order(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  const bool serial = type.role == Role::serial_transform;
  const bool source = type.role == Role::source;
  const bool wrong =
      (serial && spec.order && spec.order != Order::input) || (source && spec.order == Order::key);
  if (!wrong) return true;
  const Node& order = *spec.node->find("order");
  const std::string shown = with_type(spec, type);
  if (source) {
    diagnostics.error(order.mark, shown + " is a source: it has no keys to keep in order",
                      "say 'order: key' on a stage below");
  } else {
    diagnostics.error(order.mark,
                      shown + " is a serial transform: its output leaves as its input arrives",
                      "say 'order: " + order.text + "' on a stage above");
  }
  return false;
}

bool check_key(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  const Node::Entry* key = entry_of(*spec.node, "key");
  const bool keyed = type.role == Role::keyed_transform;
  const bool ordered = spec.order == Order::key && is_concurrent(type.role);
  if (key && !type.set_key && !is_called(spec, type)) {
    const bool could = is_concurrent(type.role);
    diagnostics.error(key->key.mark, with_type(spec, type) + " takes no 'key'",
                      could ? "only a type that has state per key does, a stage that is called "
                              "record by record, or one with 'order: key'"
                            : "only a type that has state per key does");
    return false;
  }
  if (key) return true;
  if (ordered) {
    diagnostics.error(spec.node->find("order")->mark, "'order: key' needs a 'key'",
                      "say whose order is kept: 'key: FIELD'");
    return false;
  }
  if (keyed) {
    diagnostics.error(spec.uses_mark(), "missing key 'key'",
                      "'" + type.name + "' has state per key: 'key: FIELD' says which");
    return false;
  }
  return true;
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
    case Role::keyed_transform:
      return "a keyed transform";
    case Role::async_transform:
      return "an async transform";
    case Role::sink:
      return "a sink";
  }
  return "a stage";
}

std::vector<std::string> refused_keys(const TypeSpec& type) {
  std::vector<std::string> keys;
  for (const Refusal& refusal : kRefusals) {
    if (refusal.role == type.role) keys.emplace_back(refusal.key);
  }
  if (!is_concurrent(type.role))
    keys.insert(keys.end(), std::begin(kCallKeys), std::end(kCallKeys));
  return keys;
}

bool check_keys_of_role(const StageSpec& spec, const TypeSpec& type, Diagnostics& diagnostics) {
  bool good = true;
  for (const Refusal& refusal : kRefusals) {
    if (refusal.role != type.role || !entry_of(*spec.node, refusal.key)) continue;
    refuse(spec, type, refusal.key, refusal.why, diagnostics);
    good = false;
  }
  good &= check_call_keys(spec, type, diagnostics);
  good &= check_order(spec, type, diagnostics);
  good &= check_key(spec, type, diagnostics);
  return good;
}

}  // namespace weir::compile
