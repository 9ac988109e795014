#include "graph/compile/keys/option_binding.h"

#include <algorithm>
#include <utility>

#include "graph/compile/yaml/scalar_place.h"
#include "graph/text/edit_distance.h"
#include "graph/text/glued_key.h"

namespace weir::compile {
namespace {

constexpr const char* kCommentHint = "'#' begins a comment in YAML: quote the whole value";

bool repaired(const Node& node, const Diagnostics& diagnostics) {
  if (node.shape == Node::Shape::scalar) return diagnostics.silenced(node.mark);
  return std::any_of(node.items.begin(), node.items.end(),
                     [&](const Node& item) { return repaired(item, diagnostics); }) ||
         std::any_of(node.entries.begin(), node.entries.end(),
                     [&](const auto& entry) { return repaired(entry.value, diagnostics); });
}

/// Returns whether a `#` in this option's value is probably meant.
bool code_like(const OptionSpec& option) {
  return option.type.find("expression") != std::string::npos ||
         option.type.find("template") != std::string::npos || option.name == "pattern";
}

/// Warns of a value that YAML silently cuts at a comment, as in `template: {a} #{b}`. A real
/// comment usually has a blank after its `#`.
void warn_of_comment(const Node& node, SpecBinder& binder) {
  for (const Node& item : node.items) warn_of_comment(item, binder);
  for (const Node::Entry& entry : node.entries) warn_of_comment(entry.value, binder);
  const text::SourceText& source = binder.source();
  const std::size_t at = comment_behind(source, node);
  if (at == std::string_view::npos || node.is_null()) return;
  const char next = at + 1 < source.text().size() ? source.text()[at + 1] : ' ';
  if (std::string_view(" \t\r\n#!").find(next) != std::string_view::npos) return;
  binder.diagnostics().warning(source.mark(at, source.line_end(at) - at),
                               "'#' begins a comment: the value ends before it",
                               "quote the whole value, or put a blank behind the '#'");
}

/// Returns whether the value is a pattern, a field or a template, which usually has one line.
bool one_line(const OptionSpec& option) {
  for (const std::string_view type : {"pattern", "field", "template"}) {
    if (option.type.ends_with(type)) return true;
  }
  return false;
}

/// Warns of a block (`|` or `>`) whose value ends with a line break that is hardly meant.
void warn_of_line_break(const Node& node, const OptionSpec& option, SpecBinder& binder) {
  for (const Node& item : node.items) warn_of_line_break(item, option, binder);
  for (const Node::Entry& entry : node.entries) warn_of_line_break(entry.value, option, binder);
  const text::SourceText& source = binder.source();
  const std::size_t begin = source.offset(node.mark);
  const char first = begin < source.text().size() ? source.text()[begin] : '\0';
  const bool block = node.shape == Node::Shape::scalar && (first == '|' || first == '>');
  if (!block || !node.text.ends_with('\n')) return;
  const bool several = node.text.find('\n') + 1 < node.text.size();
  // A template of several lines may well end with a line break; a pattern would have to match it.
  if (several && !option.type.ends_with("pattern")) return;
  binder.diagnostics().warning(node.mark,
                               std::string("the value ends with a line break") +
                                   (option.type.ends_with("pattern") ? ", which has to match" : ""),
                               std::string("write '") + first + "-' in place of '" + first + "'");
}

/// Returns whether an unknown key of `map` is probably a misspelt `wanted`.
bool misspelt(const std::string& wanted, const Node& map, const std::vector<OptionSpec>& options) {
  const std::vector<std::string> names = names_of(options);
  return std::any_of(map.entries.begin(), map.entries.end(), [&](const Node::Entry& entry) {
    const std::string* meant = text::nearest(entry.key.text, names);
    return meant && *meant == wanted;
  });
}

}  // namespace

void SpecBinder::expect(const Node& value, std::string_view type) {
  // A type may offer several forms: "fail | skip | map of to".
  const auto offers = [type](std::string_view shape) {
    return type.starts_with(shape) || type.find("| " + std::string(shape)) != type.npos;
  };
  expected_ = {&value, offers("list "), offers("map ")};
}

void SpecBinder::error(const Node& node, std::string message, std::string hint,
                       std::size_t offset) {
  const bool whole = offset == static_cast<std::size_t>(-1);
  std::string trap = trap_hint(node);
  for (const Insert& insert : node.inserts) {
    if (!insert.secret) continue;
    const std::string_view value = std::string_view(node.text).substr(insert.begin, insert.size);
    message = text::mask_pieces(message, value, insert.shown());
    hint = text::mask_pieces(hint, value, insert.shown());
  }
  diagnostics_.error(whole ? node.mark : mark_in_scalar(source_, node, offset), std::move(message),
                     trap.empty() ? std::move(hint) : std::move(trap));
}

void SpecBinder::hide(const Node& node) {
  diagnostics_.mask().add(node.text, Secret::kShown);
  diagnostics_.hide(node.mark);
  const std::size_t begin = source_.offset(node.mark);
  const char first = begin < source_.text().size() ? source_.text()[begin] : '\0';
  if (first != '|' && first != '>') return;
  // The lines of a block stand below its header. A folded block may have more lines than its text.
  for (std::uint32_t line = node.mark.line + 1;; ++line) {
    const std::string_view text = source_.line(line);
    const bool inside = text.empty() || text.front() == ' ';
    if (!inside || source_.offset({line, 1, 0}) >= source_.text().size()) break;
    const std::size_t indent = text.find_first_not_of(' ');
    const std::string_view above = source_.line(node.mark.line);
    if (indent != text.npos && indent <= above.find_first_not_of(' ')) break;
    diagnostics_.hide({line, 1, static_cast<std::uint32_t>(text.size())});
  }
}

std::string SpecBinder::trap_hint(const Node& node) const {
  if (comment_behind(source_, node) != std::string_view::npos) return kCommentHint;
  const std::size_t begin = source_.offset(node.mark);
  const char first = begin < source_.text().size() ? source_.text()[begin] : '\0';
  const bool empty_item = node.shape == Node::Shape::list && node.items.size() == 1 &&
                          node.items.front().is_null() && first != '[';
  if (empty_item || (node.is_null() && first == '-')) return "quote it if a '-' is meant: \"-\"";
  const bool expected = &node == expected_.value;
  if (node.shape == Node::Shape::map && first == '{' && !(expected && expected_.map)) {
    return "'{' begins a map in YAML: quote the whole value if it is text";
  }
  // A single text may stand for a list, and it may begin with '{'. Where a map is expected, no text
  // begins with '['.
  const bool may_be_list = expected && (expected_.list || expected_.map);
  if (node.shape == Node::Shape::list && first == '[' && !may_be_list) {
    return "'[' begins a list in YAML: quote the whole value if it is text";
  }
  return {};
}

void SpecBinder::chance(const Node&, std::string why) {
  auto& known = named_.chances;
  if (std::find(known.begin(), known.end(), why) == known.end()) known.push_back(std::move(why));
}

void SpecBinder::names_field(const Node&, std::string_view field) {
  if (known_fields_.emplace(field).second) named_.fields.emplace_back(field);
}

bool bind_options(const std::vector<OptionSpec>& options, void* out, const Node& map,
                  std::string_view what, const Mark& mark, SpecBinder& binder,
                  const UnknownName& unknown) {
  bool good = true;
  for (const auto& [key, value] : map.entries) {
    const auto option =
        std::find_if(options.begin(), options.end(),
                     [&wanted = key](const OptionSpec& o) { return o.name == wanted.text; });
    if (option == options.end()) {
      unknown(key);
      good = false;
      continue;
    }
    binder.expect(value, option->type);
    if (!option->bind(out, value, binder) || repaired(value, binder.diagnostics())) {
      good = false;
    } else {
      if (code_like(*option)) warn_of_comment(value, binder);
      if (one_line(*option)) warn_of_line_break(value, *option, binder);
    }
  }
  for (const OptionSpec& option : options) {
    if (!option.required || map.find(option.name) || misspelt(option.name, map, options)) continue;
    binder.diagnostics().error(mark, "missing " + std::string(what) + " '" + option.name + "'");
    good = false;
  }
  return good;
}

UnknownName unknown_key(const std::vector<OptionSpec>& keys, SpecBinder& binder) {
  return [&keys, &binder](const Node& key) {
    binder.diagnostics().error(key.mark, "unknown key " + in_quotes(key.text),
                               did_you_mean(key.text, names_of(keys)));
  };
}

std::string missing_space_hint(const Node& node) {
  if (node.shape != Node::Shape::scalar || node.quoted) return {};
  const std::size_t length = text::length_of_glued_key(node.text);
  return length == 0 ? "" : "a space is missing after '" + node.text.substr(0, length) + "'";
}

std::vector<std::string> names_of(const std::vector<OptionSpec>& options) {
  std::vector<std::string> names;
  for (const OptionSpec& option : options) names.push_back(option.name);
  return names;
}

const Node::Entry* entry_of(const Node& map, std::string_view key) {
  for (const Node::Entry& entry : map.entries) {
    if (entry.key.text == key) return &entry;
  }
  return nullptr;
}

}  // namespace weir::compile
