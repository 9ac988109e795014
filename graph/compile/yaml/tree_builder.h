#pragma once

#include <yaml-cpp/eventhandler.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/compile/diag/diagnostics.h"
#include "graph/compile/yaml/scalar_place.h"
#include "graph/text/source_text.h"
#include "weir/node.h"

namespace weir::compile {

/// Thrown out of the parser when going on makes no sense. The mistake has been reported.
struct StopReading {};

/// Builds a tree of Nodes from the events of yaml-cpp's parser. yaml-cpp's own tree does not serve:
/// it knows neither duplicate keys nor which scalars were quoted, and marks empty values at the
/// token after them. The builder rejects deep nesting as soon as it is entered, which also keeps
/// the recursion of yaml-cpp shallow.
class TreeBuilder final : public YAML::EventHandler {
 public:
  /// `text` is what the parser reads: the source, perhaps repaired in place.
  TreeBuilder(const text::SourceText& source, std::string_view text, Diagnostics& diagnostics)
      : source_(source), text_(text), diagnostics_(diagnostics) {}

  std::optional<Node> take_root() { return std::move(root_); }
  /// The beginning of the latest scalar, and of the innermost open `{` or `[`; npos: none.
  std::size_t last_scalar() const { return last_scalar_; }
  std::size_t open_flow() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  /// A map or list whose end has not been read.
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    std::size_t begin = 0;
    bool flow = false;
    std::optional<Node> key;
    std::size_t key_end = 0;
    std::unordered_map<std::string, std::uint32_t> lines;  ///< The lines of the keys so far.
  };
  /// The node of an anchor, and what each alias to it costs.
  struct Anchored {
    Node node;
    std::size_t cost = 0;
    std::size_t depth = 0;
  };

  void open(Node::Shape shape, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor, bool flow);
  void close();
  void add(Node node, std::size_t end);
  void add_key(Open& map, Node key, std::size_t end);
  void add_value(Open& map, Node value);
  bool bare_key_in_flow(const Open& map) const;
  void report_bare_key(const Open& map);
  Node null_node(std::size_t offset) const;
  void refuse_tag(const std::string& tag, std::size_t begin);
  void remember(YAML::anchor_t anchor, const Node& node);
  void charge(std::size_t cost, const Mark& mark);
  [[noreturn]] void stop(const Mark& mark, std::string message, std::string hint = {});

  const text::SourceText& source_;
  std::string_view text_;
  Diagnostics& diagnostics_;
  std::optional<Node> root_;
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, Anchored> anchored_;
  std::size_t repeated_ = 0;  ///< Bytes that anchors and aliases have copied.
  std::size_t last_scalar_ = std::string_view::npos;
  bool started_ = false;
};

}  // namespace weir::compile
