#include "runtime/draw/dot.h"

#include <array>
#include <string_view>

#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Escapes a text for an HTML-like label.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : one_line(text, 200)) {
    switch (c) {
      case '"':
        out += "&quot;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string small(const std::string& text) {
  return "<font point-size=\"9\" color=\"#555555\">" + escaped(text) + "</font>";
}

/// In the order of DrawnNode::Kind.
constexpr std::array<const char*, 8> kLooks = {
    R"(shape=box, style="rounded,filled", fillcolor="#e3f1e5", color="#4d8a57")",
    R"(shape=cylinder, style=filled, fillcolor="#f4f4f4", color="#888888")",
    R"(shape=hexagon, style=filled, fillcolor="#ece6f8", color="#7a5bb5", margin="0.02,0.05")",
    R"(shape=box, style=filled, fillcolor="#fdeed3", color="#b98320", peripheries=2)",
    R"(shape=box, style=filled, fillcolor="#e6eefa", color="#4a72ad")",
    R"(shape=box, style="rounded,filled", fillcolor="#f4f4f4", color="#888888", height=0.25)",
    R"(shape=box, style=filled, fillcolor="#ffffff", color="#4a72ad")",
    R"(shape=box, style="rounded,filled", fillcolor="#e3f1e5", color="#4d8a57")"};

std::string label(const DrawnNode& node) {
  std::string text;
  const auto line = [&](const std::string& more) { text += (text.empty() ? "" : "<br/>") + more; };
  if (!node.title.empty()) {
    line(node.kind == DrawnNode::Kind::sequencer ? small(node.title) : escaped(node.title));
  }
  for (const DrawnStage& stage : node.stages) {
    line("<b>" + escaped(stage.name) + "</b>" +
         (stage.type.empty() ? "" : " " + small(stage.type)));
    for (const std::string& more : stage.lines) {
      // If there are several stages, each keeps to its own line.
      if (node.stages.size() > 1) {
        text += small(", " + more);
      } else {
        line(small(more));
      }
    }
  }
  for (const std::string& more : node.lines) {
    line("<font point-size=\"9\" color=\"#555555\"><i>" + escaped(more) + "</i></font>");
  }
  return text;
}

void write_region(const DrawnRegion& region, std::string& out) {
  out += "  subgraph cluster_" + region.id + " {\n    label=<<b>" + escaped(region.name) + "</b>";
  for (const std::string& line : region.lines) out += "<br/>" + small(line);
  out += ">\n    style=\"rounded,filled\"\n    color=\"#aaaaaa\"\n    fillcolor=\"#fbfbfb\"\n";
  for (const DrawnNode& node : region.nodes) {
    out += "    " + node.id + " [label=<" + label(node) + ">, " +
           kLooks[static_cast<std::size_t>(node.kind)] + "]\n";
  }
  out += "  }\n";
}

void write_edge(const DrawnEdge& edge, std::string& out) {
  out += "  " + edge.from + " -> " + edge.to;
  std::string looks;
  const auto add = [&](const std::string& more) { looks += (looks.empty() ? "" : ", ") + more; };
  if (!edge.label.empty()) add("label=<" + small(edge.label) + ">");
  if (edge.letters) add("style=dotted, color=\"#b03030\"");
  if (edge.again) add("penwidth=1.8, color=\"#b98320\"");
  out += (looks.empty() ? "" : " [" + looks + "]") + "\n";
}

}  // namespace

std::string dot(const Drawing& drawing) {
  std::string out = "digraph pipeline {\n  rankdir=LR\n  labelloc=t\n  label=<<b>";
  out += escaped(drawing.name) + "</b><br/>" + small(drawing.limits) + ">\n";
  out += "  fontname=\"Helvetica\"\n  fontsize=12\n  nodesep=0.3\n  ranksep=0.35\n";
  out += "  node [fontname=\"Helvetica\", fontsize=11]\n";
  out += "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7]\n";
  for (const DrawnRegion& region : drawing.regions) write_region(region, out);
  for (const DrawnEdge& edge : drawing.edges) write_edge(edge, out);
  return out + "}\n";
}

}  // namespace weir::cli
