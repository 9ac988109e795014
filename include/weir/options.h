#pragma once

// The types that an option may have. An option's C++ member gives its type; OptionType<T> reads it
// from a pipeline file, shows a default, and names it in `weir describe`. Binding, diagnostics,
// help and the reference all use this one rule.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/field.h"
#include "weir/filled.h"
#include "weir/option_scalars.h"
#include "weir/secret.h"
#include "weir/template.h"
#include "weir/time_format.h"
#include "weir/time_options.h"

namespace weir {

/// A map option in the order of the file.
template <class T>
using OptionMap = std::vector<std::pair<std::string, T>>;

template <>
struct OptionType<Field> {
  static std::string name() { return "field"; }
  static bool parse(const Node& node, Field& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a field")) return false;
    if (node.text.empty()) {
      binder.error(node, "expected a field, got empty text");
      return false;
    }
    out = Field(node.text);
    binder.names_field(node, out.steps().empty() ? out.name() : out.steps().front());
    return true;
  }
  static std::string show(const Field& value) { return value.name(); }
};

/// A regular expression. A `${...}` in it inserts a pattern, `${quote:...}` inserts literal bytes.
struct Pattern {
  std::string text;
};

template <>
struct OptionType<Pattern> {
  static std::string name() { return "pattern"; }
  static bool parse(const Node& node, Pattern& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a pattern")) return false;
    out.text = node.text;
    return true;
  }
  static std::string show(const Pattern& value) { return value.text; }
};

template <class Language>
struct OptionType<Code<Language>> {
  static std::string name() { return Language::kName; }
  static bool parse(const Node& node, Code<Language>& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "text")) return false;
    Language language;
    out.filled = fill(node, language);
    if (out.filled.problem.empty()) return true;
    binder.error(node, out.filled.problem, out.filled.hint, out.filled.problem_at);
    return false;
  }
  static std::string show(const Code<Language>& value) { return value.text(); }
};

template <>
struct OptionType<Secret> {
  static std::string name() { return "secret"; }
  static bool parse(const Node& node, Secret& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a secret")) return false;
    binder.hide(node);
    out = Secret(node.text);
    return true;
  }
  static std::string show(const Secret& value) {
    return value.reveal().empty() ? std::string() : std::string(Secret::kShown);
  }
};

/// Binds a template, or a type that `T::parse` makes of one and that gives it back as `pattern`.
/// `what` says what is expected.
template <class T>
bool parse_template(const Node& node, T& out, Binder& binder, std::string_view what) {
  if (!detail::expect_scalar(node, binder, what)) return false;
  TemplateLanguage language;
  const Filled filled = fill(node, language);
  if (!filled.problem.empty()) {
    binder.error(node, filled.problem, filled.hint, filled.problem_at);
    return false;
  }
  const Template::Problem problem = T::parse(filled.text, out);
  if (!problem.message.empty()) {
    const bool unknown = problem.hint.empty() && !problem.candidates.empty();
    binder.error(node, problem.message,
                 unknown ? binder.nearest(problem.word, problem.candidates) : problem.hint,
                 filled.offset(problem.offset));
    return false;
  }
  for (Template::Piece& piece : out.pattern().pieces()) {
    for (Template::Filter& filter : piece.filters) {
      if (filter.kind != Template::Filter::Kind::time) continue;
      TimeProblem wrong;
      TimeSpec spec;
      spec.formats = {filter.text};
      filter.rules = binder.times().compile_to_write(spec, wrong);
      if (filter.rules) continue;
      const std::size_t in_filter = wrong.offset == static_cast<std::size_t>(-1) ? 0 : wrong.offset;
      binder.error(node, wrong.message, wrong.hint, filled.offset(filter.at + in_filter));
      return false;
    }
    if (piece.input == Template::Input::text) binder.names_text(node);
    if (piece.input == Template::Input::line) binder.names_line(node);
    if (piece.field.empty()) continue;
    const auto& steps = piece.field.steps();
    const bool whole = steps.empty() || piece.input == Template::Input::exact;
    binder.names_field(node, whole ? piece.field.name() : steps.front());
  }
  return true;
}

template <>
struct OptionType<Template> {
  static std::string name() { return "template"; }
  static bool parse(const Node& node, Template& out, Binder& binder) {
    return parse_template(node, out, binder, "a template such as '{time} {path}'");
  }
  static std::string show(const Template& value) { return value.source(); }
};

template <>
struct OptionType<Expression> {
  static std::string name() { return "expression"; }
  /// Parses a condition on the record.
  static bool parse(const Node& node, Expression& out, Binder& binder) {
    if (!parse_value(node, out, binder)) return false;
    if (node.is_insert() && node.inserts.front().kind != Insert::Kind::expression) {
      binder.warning(node, "'" + node.written + "' is a constant: it is the same for every record",
                     "a param whose value is an expression says 'type: expression'");
    }
    return true;
  }
  /// Parses an expression for a value, which may be the same for every record.
  static bool parse_value(const Node& node, Expression& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "an expression")) return false;
    detail::ExpressionProblem problem;
    auto compiled = binder.expressions().compile(node, problem);
    if (!compiled) {
      const std::string near =
          problem.word.empty() ? std::string() : binder.nearest(problem.word, problem.candidates);
      binder.error(node, problem.message, near.empty() ? problem.hint : near, problem.offset);
      return false;
    }
    for (const std::string& why : compiled->chances()) binder.chance(node, why);
    for (const std::string& field : compiled->fields()) binder.names_field(node, field);
    if (compiled->uses_text()) binder.names_text(node);
    if (compiled->uses_line()) binder.names_line(node);
    out = Expression(node.shown(), std::move(compiled));
    return true;
  }
  static std::string show(const Expression& value) { return value.text(); }
};

template <class T>
struct OptionType<std::optional<T>> {
  static std::string name() { return OptionType<T>::name(); }
  static bool parse(const Node& node, std::optional<T>& out, Binder& binder) {
    T value{};
    if (!OptionType<T>::parse(node, value, binder)) return false;
    out = std::move(value);
    return true;
  }
  static std::string show(const std::optional<T>& value) {
    return value ? OptionType<T>::show(*value) : std::string();
  }
};

/// A list; a single value is a list of one.
template <class T>
struct OptionType<std::vector<T>> {
  static std::string name() { return "list of " + OptionType<T>::name(); }
  static bool parse(const Node& node, std::vector<T>& out, Binder& binder) {
    out.clear();
    if (node.shape != Node::Shape::list) {
      T value{};
      if (!OptionType<T>::parse(node, value, binder)) return false;
      out.push_back(std::move(value));
      return true;
    }
    bool good = true;
    for (const Node& item : node.items) {
      T value{};
      if (OptionType<T>::parse(item, value, binder)) {
        out.push_back(std::move(value));
      } else {
        good = false;
      }
    }
    return good;
  }
  static std::string show(const std::vector<T>& values) {
    if (values.empty()) return "";
    std::string text = "[";
    for (const T& value : values) {
      text += (text.size() > 1 ? ", " : "") + OptionType<T>::show(value);
    }
    return text + "]";
  }
};

template <class T>
struct OptionType<OptionMap<T>> {
  static std::string name() { return "map of " + OptionType<T>::name(); }
  static bool parse(const Node& node, OptionMap<T>& out, Binder& binder) {
    if (node.shape != Node::Shape::map) {
      binder.error(node, "expected a map, got " + detail::shape_of(node));
      return false;
    }
    out.clear();
    bool good = true;
    const auto parse_one = [&](const Node& one, T& value) {
      if constexpr (std::same_as<T, Expression>)
        return OptionType<T>::parse_value(one, value, binder);
      return OptionType<T>::parse(one, value, binder);
    };
    for (const Node::Entry& entry : node.entries) {
      T value{};
      if (parse_one(entry.value, value)) {
        out.emplace_back(entry.key.text, std::move(value));
      } else {
        good = false;
      }
    }
    return good;
  }
  static std::string show(const OptionMap<T>&) { return ""; }
};

}  // namespace weir
