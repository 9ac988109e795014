#pragma once

// The types that an option may have. An option's C++ member gives its type; OptionType<T> reads it
// from a pipeline file, shows a default, and names it in `weir describe`. One rule, one place:
// binding, diagnostics, help and reference all come from here.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/field.h"
#include "weir/option_scalars.h"
#include "weir/template.h"

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

template <>
struct OptionType<Template> {
  static std::string name() { return "template"; }
  static bool parse(const Node& node, Template& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a template such as '{time} {path}'")) return false;
    const Template::Problem problem = Template::parse(node.text, out);
    if (!problem.message.empty()) {
      binder.error(node, problem.message, {}, problem.offset);
      return false;
    }
    for (const Template::Piece& piece : out.pieces()) {
      if (piece.text) binder.names_text(node);
      if (piece.field.empty()) continue;
      const auto& steps = piece.field.steps();
      binder.names_field(node, steps.empty() ? piece.field.name() : steps.front());
    }
    return true;
  }
  static std::string show(const Template& value) { return value.source(); }
};

template <>
struct OptionType<Expression> {
  static std::string name() { return "expression"; }
  static bool parse(const Node& node, Expression& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "an expression")) return false;
    detail::ExpressionProblem problem;
    auto compiled = binder.expressions().compile(node.text, problem);
    if (!compiled) {
      binder.error(node, problem.message, problem.hint, problem.offset);
      return false;
    }
    for (const std::string& field : compiled->fields()) binder.names_field(node, field);
    if (compiled->uses_text()) binder.names_text(node);
    out = Expression(node.text, std::move(compiled));
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

/// A list; one value alone is a list of one.
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
    for (const Node::Entry& entry : node.entries) {
      T value{};
      if (OptionType<T>::parse(entry.value, value, binder)) {
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
