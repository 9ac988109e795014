#pragma once

// The options that say how times are written.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/binder.h"
#include "weir/field.h"
#include "weir/record.h"
#include "weir/time_format.h"

namespace weir {

/// A field with a time: `time: at`, or `time: { field: at, format: unix_ms }`.
struct TimeField {
  Field field;
  TimeFormat format;

  TimeField() = default;
  explicit TimeField(Field its_field) : field(std::move(its_field)) {}

  const std::string& name() const { return field.name(); }
  /// Returns the record's time. Throws Error of kind `time`, which names the field, if it has none.
  std::chrono::nanoseconds of(const Record& record) const { return from(record.get(field)); }
  /// Returns the time that a value of the field states, as `of` does.
  std::chrono::nanoseconds from(const Value& value) const {
    if (const auto time = format.since_1970(value)) return *time;
    if (value.is_null()) throw Error("time", "field '" + name() + "' is missing", false);
    throw Error("time", "field '" + name() + "': " + format.problem(value), false);
  }
};

/// A field by whose values records are put in order: as they are, or, where its format is given, by
/// the times that they state: `host`, or `{ field: stamp, format: unix_ms }`.
struct OrderField {
  TimeField time;
  bool by_time = false;

  const Field& field() const { return time.field; }
  const std::string& name() const { return time.name(); }
};

/// The zone of texts without an offset, for a parser whose format is given: TimeSpec::zone.
struct TimeZone {
  std::optional<std::string> name;
};

/// The reference of texts without a year, for a parser whose format is given: TimeSpec::reference.
struct TimeReference {
  std::optional<std::string> time;

  bool is_now() const { return !time || *time == "now"; }
};

namespace detail {

/// Reports what `times` finds wrong with `spec`, whose parts stand at the nodes. A null one is not
/// in the file.
struct TimeNodes {
  const Node* format = nullptr;
  const Node* zone = nullptr;
  const Node* reference = nullptr;

  void report(const TimeProblem& problem, const Node& whole, Binder& binder) const {
    const Node* at = problem.part == TimeProblem::Part::format ? format
                     : problem.part == TimeProblem::Part::zone ? zone
                                                               : reference;
    if (!at) at = &whole;
    if (at->shape == Node::Shape::list && problem.format < at->items.size() &&
        at->items.size() <= TimeSpec::kMostFormats) {
      at = &at->items[problem.format];
    }
    const std::string near =
        problem.word.empty() ? std::string() : binder.nearest(problem.word, problem.candidates);
    binder.error(*at, problem.message, near.empty() ? problem.hint : near, problem.offset);
  }
};

/// Reads the texts of a list or a single one; a list may be too long, which others report.
inline bool read_texts(const Node& node, std::vector<std::string>& out, Binder& binder) {
  out.clear();
  if (node.shape != Node::Shape::list) {
    if (!expect_scalar(node, binder, "a format")) return false;
    out.push_back(node.text);
    return true;
  }
  for (const Node& item : node.items) {
    if (!expect_scalar(item, binder, "a format")) return false;
    out.push_back(item.text);
  }
  return true;
}

/// Compiles a spec that stands in a file; false if it reported a mistake.
inline bool compile_times(const TimeSpec& spec, const TimeNodes& nodes, const Node& whole,
                          TimeFormat& out, Binder& binder) {
  TimeProblem problem;
  auto rules = binder.times().compile(spec, problem);
  if (!rules) {
    nodes.report(problem, whole, binder);
    return false;
  }
  for (const std::string& why : rules->chances()) binder.chance(whole, why);
  out = TimeFormat(std::move(rules));
  return true;
}

}  // namespace detail

template <>
struct OptionType<TimeField> {
  static std::string name() { return "time"; }
  static bool parse(const Node& node, TimeField& out, Binder& binder) {
    if (node.shape == Node::Shape::map) return parse_map(node, out, binder);
    if (!detail::expect_scalar(node, binder, "a field")) return false;
    out.format = TimeFormat();
    return parse_field(node, out, binder);
  }
  static std::string show(const TimeField& value) { return value.name(); }

 private:
  static bool parse_field(const Node& node, TimeField& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a field")) return false;
    if (node.text.empty()) {
      binder.error(node, "expected a field, got empty text");
      return false;
    }
    out.field = Field(node.text);
    const auto& steps = out.field.steps();
    binder.names_field(node, steps.empty() ? out.name() : steps.front());
    return true;
  }
  static bool parse_map(const Node& node, TimeField& out, Binder& binder) {
    static const std::vector<std::string> kKeys = {"field", "format", "zone", "reference"};
    bool good = true;
    for (const Node::Entry& entry : node.entries) {
      const std::string& key = entry.key.text;
      if (key == "field" || key == "format" || key == "zone" || key == "reference") continue;
      binder.error(entry.key, "unknown key " + in_quotes(key), binder.nearest(key, kKeys));
      good = false;
    }
    const Node* const field = node.find("field");
    if (!field && good) binder.error(node, "missing key 'field'");
    if (!field || !parse_field(*field, out, binder)) good = false;
    const detail::TimeNodes nodes{node.find("format"), node.find("zone"), node.find("reference")};
    TimeSpec spec;
    if (nodes.format && !detail::read_texts(*nodes.format, spec.formats, binder)) return false;
    const auto read = [&](const Node* at, const char* what, std::optional<std::string>& to) {
      if (!at) return true;
      if (!detail::expect_scalar(*at, binder, what)) return false;
      to = at->text;
      return true;
    };
    if (!read(nodes.zone, "a zone such as Europe/Berlin", spec.zone)) return false;
    if (!read(nodes.reference, "an ISO time or now", spec.reference)) return false;
    return detail::compile_times(spec, nodes, node, out.format, binder) && good;
  }
};

template <>
struct OptionType<OrderField> {
  static std::string name() { return "field or time"; }
  static bool parse(const Node& node, OrderField& out, Binder& binder) {
    out.by_time = node.shape == Node::Shape::map;
    return OptionType<TimeField>::parse(node, out.time, binder);
  }
  static std::string show(const OrderField& value) { return value.name(); }
};

template <>
struct OptionType<TimeZone> {
  static std::string name() { return "zone"; }
  static bool parse(const Node& node, TimeZone& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a zone such as Europe/Berlin")) return false;
    TimeSpec spec;
    spec.zone = out.name = node.text;
    TimeFormat checked;
    return detail::compile_times(spec, {nullptr, &node, nullptr}, node, checked, binder);
  }
  static std::string show(const TimeZone& value) { return value.name.value_or("UTC"); }
};

template <>
struct OptionType<TimeReference> {
  static std::string name() { return "reference"; }
  static bool parse(const Node& node, TimeReference& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "an ISO time or now")) return false;
    TimeSpec spec;
    spec.formats = {"syslog"};
    spec.reference = out.time = node.text;
    TimeFormat checked;
    return detail::compile_times(spec, {nullptr, nullptr, &node}, node, checked, binder);
  }
  static std::string show(const TimeReference& value) { return value.time.value_or("now"); }
};

}  // namespace weir
