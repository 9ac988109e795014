#include "runtime/draw/mermaid.h"

#include <array>
#include <string_view>
#include <utility>

#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Escapes a text for quotes; Mermaid writes entities without their '&'.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : one_line(text, 200)) {
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '#':
        out += "#35;";
        break;
      case '&':
        out += "#amp;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      case '`':
        out += "#96;";
        break;
      case '\\':
        out += "#92;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// The brackets around a node's label, in the order of DrawnNode::Kind.
constexpr std::array<std::pair<const char*, const char*>, 8> kShapes = {{{"([\"", "\"])"},
                                                                         {"(\"", "\")"},
                                                                         {"{{\"", "\"}}"},
                                                                         {"[[\"", "\"]]"},
                                                                         {"[\"", "\"]"},
                                                                         {"(\"", "\")"},
                                                                         {"[\"", "\"]"},
                                                                         {"([\"", "\"])"}}};
constexpr std::array<const char*, 8> kClasses = {"source", "buffer", "merge",  "calls",
                                                 "work",   "buffer", "serial", "sink"};
constexpr std::string_view kStyles =
    "  classDef source fill:#e3f1e5,stroke:#4d8a57,color:#111\n"
    "  classDef sink fill:#e3f1e5,stroke:#4d8a57,color:#111\n"
    "  classDef calls fill:#fdeed3,stroke:#b98320,color:#111\n"
    "  classDef work fill:#e6eefa,stroke:#4a72ad,color:#111\n"
    "  classDef serial fill:#fff,stroke:#4a72ad,color:#111\n"
    "  classDef merge fill:#ece6f8,stroke:#7a5bb5,color:#111\n"
    "  classDef buffer fill:#f4f4f4,stroke:#888,color:#111\n";

std::string label(const DrawnNode& node) {
  std::string text;
  const auto line = [&](const std::string& more) { text += (text.empty() ? "" : "<br/>") + more; };
  if (!node.title.empty()) line(escaped(node.title));
  for (const DrawnStage& stage : node.stages) {
    line("<b>" + escaped(stage.name) + "</b>" +
         (stage.type.empty() ? "" : " (" + escaped(stage.type) + ")"));
    for (const std::string& more : stage.lines) {
      // If there are several stages, each keeps to its own line.
      if (node.stages.size() > 1) {
        text += ", " + escaped(more);
      } else {
        line(escaped(more));
      }
    }
  }
  for (const std::string& more : node.lines) line("<i>" + escaped(more) + "</i>");
  return text;
}

void write_region(const DrawnRegion& region, std::string& out) {
  out += "  subgraph " + region.id + " [\"<b>" + escaped(region.name) + "</b>";
  for (const std::string& line : region.lines) out += "<br/>" + escaped(line);
  out += "\"]\n";
  for (const DrawnNode& node : region.nodes) {
    const auto kind = static_cast<std::size_t>(node.kind);
    out += "    " + node.id + kShapes[kind].first + label(node) + kShapes[kind].second +
           ":::" + kClasses[kind] + "\n";
  }
  out += "  end\n";
}

}  // namespace

std::string mermaid(const Drawing& drawing) {
  std::string out = "%% " + one_line(drawing.name, 200) + ": " + drawing.limits + "\n";
  out += "flowchart LR\n";
  for (const DrawnRegion& region : drawing.regions) write_region(region, out);
  for (const DrawnEdge& edge : drawing.edges) {
    out += "  " + edge.from + (edge.letters ? " -.->" : edge.again ? " ==>" : " -->");
    if (!edge.label.empty()) out += "|\"" + escaped(edge.label) + "\"|";
    out += " " + edge.to + "\n";
  }
  return out.append(kStyles);
}

}  // namespace weir::cli
