#include "graph/compile/yaml/tree_builder.h"

#include <yaml-cpp/mark.h>

#include <algorithm>
#include <utility>

#include "graph/compile/yaml/null_place.h"
#include "graph/compile/yaml/yaml_reader.h"

namespace weir::compile {
namespace {

constexpr std::size_t npos = std::string_view::npos;
/// The cost of a node besides its text, for the limit on what aliases repeat.
constexpr std::size_t kNodeCost = 16;

/// The size and nesting of a tree.
struct Extent {
  std::size_t cost = 0;
  std::size_t depth = 0;
};

Extent extent_of(const Node& node) {
  Extent extent{kNodeCost + node.text.size(), 0};
  const auto take = [&extent](const Node& child) {
    const Extent inner = extent_of(child);
    extent.cost += inner.cost;
    extent.depth = std::max(extent.depth, inner.depth + 1);
  };
  for (const Node& item : node.items) take(item);
  for (const Node::Entry& entry : node.entries) {
    take(entry.key);
    take(entry.value);
  }
  return extent;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

const char* shape_name(const Node& node) {
  return node.shape == Node::Shape::list ? "a list" : "a map";
}

}  // namespace

std::size_t TreeBuilder::open_flow() const {
  return stack_.empty() || !stack_.back().flow ? npos : stack_.back().begin;
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (!std::exchange(started_, true)) return;
  const auto offset = static_cast<std::size_t>(mark.pos);
  const std::size_t dashes = text_.rfind("---", offset);
  if (dashes != npos && source_.line_begin(dashes) == dashes) {
    stop(source_.mark(dashes, 3), "expected one YAML document, got another one",
         "a file holds one pipeline");
  }
  stop(source_.mark(offset), "unexpected text behind the document");
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto offset = static_cast<std::size_t>(mark.pos);
  Node node = null_node(offset);
  remember(anchor, node);
  add(std::move(node), std::min(offset, text_.size()));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto offset = static_cast<std::size_t>(mark.pos);
  const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}", offset), text_.size());
  const Mark place = source_.mark(offset, end - offset);
  const auto found = anchored_.find(anchor);
  if (found == anchored_.end()) stop(place, "this alias stands inside its own anchor");
  if (stack_.size() + found->second.depth > kMaxDepth) {
    stop(place, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  charge(found->second.cost, place);
  add(found->second.node, end);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  const auto begin = static_cast<std::size_t>(mark.pos);
  refuse_tag(tag, begin);
  const std::size_t behind = skip_properties(text_, begin);
  const bool nothing = value.empty() && behind > source_.line_end(begin);
  const ScalarPlace place = locate_scalar(text_, nothing ? begin : behind, value);
  last_scalar_ = place.begin;
  Node node;
  node.text = value;
  node.quoted = place.style != ScalarPlace::Style::plain;
  node.mark = source_.mark(place.begin, std::max<std::size_t>(place.end - place.begin, 1));
  // yaml-cpp takes the end of the file for the closing quote.
  if (!place.closed) stop(source_.mark(place.begin), "missing closing quote");
  remember(anchor, node);
  add(std::move(node), place.end);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  open(Node::Shape::list, mark, tag, anchor, style == YAML::EmitterStyle::Flow);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value style) {
  open(Node::Shape::map, mark, tag, anchor, style == YAML::EmitterStyle::Flow);
}

void TreeBuilder::open(Node::Shape shape, const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor, bool flow) {
  auto begin = static_cast<std::size_t>(mark.pos);
  refuse_tag(tag, begin);
  if (flow) begin = skip_properties(text_, begin);
  Open opened;
  opened.node.shape = shape;
  opened.anchor = anchor;
  opened.begin = begin;
  opened.flow = flow;
  const bool at_key = !flow && !stack_.empty() && stack_.back().key;
  opened.node.mark = at_key ? stack_.back().key->mark
                            : source_.mark(begin, flow ? 1 : source_.line_end(begin) - begin);
  if (stack_.size() >= kMaxDepth) {
    stop(opened.node.mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
  }
  stack_.push_back(std::move(opened));
}

void TreeBuilder::close() {
  Open closed = std::move(stack_.back());
  stack_.pop_back();
  remember(closed.anchor, closed.node);
  add(std::move(closed.node), closed.begin);
}

void TreeBuilder::add(Node node, std::size_t end) {
  if (stack_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = stack_.back();
  if (parent.node.shape == Node::Shape::list) {
    parent.node.items.push_back(std::move(node));
  } else if (!parent.key) {
    add_key(parent, std::move(node), end);
  } else {
    add_value(parent, std::move(node));
  }
}

void TreeBuilder::add_key(Open& map, Node key, std::size_t end) {
  if (key.shape != Node::Shape::scalar) {
    diagnostics_.error(key.mark, std::string("expected a key, got ") + shape_name(key),
                       "quote the key if it is text");
  }
  map.key = std::move(key);
  map.key_end = end;
}

void TreeBuilder::add_value(Open& map, Node value) {
  if (bare_key_in_flow(map)) {
    report_bare_key(map);
    map.key.reset();
    return;
  }
  Node key = *std::exchange(map.key, std::nullopt);
  if (key.shape != Node::Shape::scalar) return;
  const auto [known, fresh] = map.lines.emplace(key.text, key.mark.line);
  if (key.text == "<<" && !key.quoted) {
    diagnostics_.error(key.mark, "merge keys ('<<') are not supported",
                       "write the keys where they are wanted");
  } else if (!fresh) {
    diagnostics_.error(key.mark, "duplicate key " + in_quotes(key.text),
                       "it stands on line " + std::to_string(known->second) + " already");
  } else {
    map.node.entries.push_back({std::move(key), std::move(value)});
  }
}

/// Returns whether the open key is a bare word in braces. In `{ columns: time, path }` YAML takes
/// `path` for a key without a value.
bool TreeBuilder::bare_key_in_flow(const Open& map) const {
  if (!map.flow || map.key->shape != Node::Shape::scalar) return false;
  std::size_t at = map.key_end;
  while (at < text_.size() && is_blank(text_[at])) ++at;
  return at < text_.size() && (text_[at] == ',' || text_[at] == '}');
}

void TreeBuilder::report_bare_key(const Open& map) {
  const Node& key = *map.key;
  if (key.is_null()) {
    diagnostics_.error(key.mark, "expected a key before this ','");
  } else if (map.lines.empty()) {
    // A single word in braces is text, and nothing more can be said about it.
    const Mark brace = source_.mark(map.begin);
    diagnostics_.error(brace, "expected 'key: value' in braces, got " + in_quotes(key.text),
                       "'{' begins a map in YAML: quote the whole value");
    diagnostics_.silence(brace);
  } else {
    diagnostics_.error(key.mark, "expected 'key: value' in braces, got " + in_quotes(key.text),
                       "a ',' ends a value in braces: quote the value, or write a list in []");
  }
}

Node TreeBuilder::null_node(std::size_t offset) const {
  Node node;
  const std::string_view word = null_word(text_, offset);
  node.text = word;
  node.mark = source_.mark(offset, std::max<std::size_t>(word.size(), 1));
  if (!word.empty() || stack_.empty()) return node;
  const Open& parent = stack_.back();
  if (parent.key) {
    node.mark = place_of_null_value(source_, parent.key_end, parent.key->mark);
  } else if (parent.node.shape == Node::Shape::list && !parent.flow) {
    node.mark = place_of_null_item(source_, offset);
  }
  return node;
}

void TreeBuilder::refuse_tag(const std::string& tag, std::size_t begin) {
  const bool written = begin < text_.size() && text_[begin] == '!';
  if (!written && (tag.empty() || tag == "?" || tag == "!")) return;
  const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}", begin), text_.size());
  diagnostics_.error(source_.mark(begin, written ? end - begin : 1), "tags are not supported",
                     "'!' begins a tag in YAML: quote the value if it is text");
  diagnostics_.silence(source_.mark(begin, source_.line_end(begin) - begin));
}

void TreeBuilder::remember(YAML::anchor_t anchor, const Node& node) {
  if (anchor == 0) return;
  const Extent extent = extent_of(node);
  charge(extent.cost, node.mark);
  anchored_[anchor] = {node, extent.cost, extent.depth};
}

void TreeBuilder::charge(std::size_t cost, const Mark& mark) {
  repeated_ += cost;
  if (repeated_ > kMaxFileSize) {
    stop(mark, "aliases repeat more than " + std::to_string(kMaxFileSize) + " bytes here");
  }
}

void TreeBuilder::stop(const Mark& mark, std::string message, std::string hint) {
  diagnostics_.error(mark, std::move(message), std::move(hint));
  throw StopReading{};
}

}  // namespace weir::compile
