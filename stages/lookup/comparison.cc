#include "stages/lookup/comparison.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace weir::stages::lookup {
namespace {

using Kind = Comparison::Kind;

bool read_column(const Node& node, std::string& out, Binder& binder) {
  if (!detail::expect_scalar(node, binder, "a column")) return false;
  if (node.text.empty()) {
    binder.error(node, "expected a column, got empty text");
    return false;
  }
  out = node.text;
  return true;
}

bool read_field(const Node& node, Comparison& out, Binder& binder) {
  if (!OptionType<Field>::parse(node, out.field, binder)) return false;
  out.column = out.field.name();
  return true;
}

/// Reads `{ from, to }` or `{ network }`.
bool read_columns(const Node& node, Comparison& out, Binder& binder) {
  bool good = true;
  for (const Node::Entry& entry : node.entries) {
    const std::string& key = entry.key.text;
    std::string* const column = key == "from"      ? &out.from
                                : key == "to"      ? &out.to
                                : key == "network" ? &out.column
                                                   : nullptr;
    if (!column) {
      binder.error(entry.key, "unknown key '" + key + "'",
                   binder.nearest(key, {"from", "to", "network"}));
      good = false;
    } else {
      good = read_column(entry.value, *column, binder) && good;
    }
  }
  if (!good) return false;
  const bool network = node.find("network");
  const bool range = node.find("from") || node.find("to");
  if (network == range) {
    binder.error(node, std::string("expected one of network | from, got ") +
                           (network ? "network and from" : "none"));
    return false;
  }
  for (const char* key : {"from", "to"}) {
    if (range && !node.find(key)) {
      binder.error(node, std::string("missing '") + key + "'");
      return false;
    }
  }
  out.kind = network ? Kind::network : Kind::range;
  return true;
}

bool read_entry(const Node::Entry& entry, Comparison& out, Binder& binder) {
  if (!read_field(entry.key, out, binder)) return false;
  if (entry.value.shape == Node::Shape::map) {
    out.column.clear();
    return read_columns(entry.value, out, binder);
  }
  return read_column(entry.value, out.column, binder);
}

/// Checks what several comparisons must not be together.
bool check(const Node& node, const std::vector<Comparison>& all, Binder& binder) {
  if (all.empty()) {
    binder.error(node, "expected at least one field, got none");
    return false;
  }
  const auto spans =
      std::ranges::count_if(all, [](const Comparison& one) { return one.kind != Kind::equal; });
  if (spans > 1) {
    binder.error(node, "expected at most one of network | from, got " + std::to_string(spans));
  }
  bool good = spans <= 1;
  for (auto one = all.begin(); one != all.end(); ++one) {
    const bool again = std::any_of(all.begin(), one, [&](const Comparison& before) {
      return before.field.name() == one->field.name();
    });
    if (!again) continue;
    binder.error(node, "duplicate field '" + one->field.name() + "'");
    good = false;
  }
  return good;
}

}  // namespace

std::vector<std::string> Comparison::columns() const {
  if (kind == Kind::range) return {from, to};
  return {column};
}

}  // namespace weir::stages::lookup

namespace weir {

bool OptionType<stages::lookup::Comparisons>::parse(const Node& node,
                                                    stages::lookup::Comparisons& out,
                                                    Binder& binder) {
  using namespace stages::lookup;
  out.all.clear();
  bool good = true;
  const auto add = [&](const auto& read, const auto& from) {
    Comparison one;
    good = read(from, one, binder) && good;
    out.all.push_back(std::move(one));
  };
  if (node.shape == Node::Shape::map) {
    for (const Node::Entry& entry : node.entries) add(read_entry, entry);
  } else if (node.shape == Node::Shape::list) {
    for (const Node& item : node.items) add(read_field, item);
  } else {
    add(read_field, node);
  }
  return good && check(node, out.all, binder);
}

}  // namespace weir
