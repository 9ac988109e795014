#include "runtime/draw/dot.h"

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::cli;

namespace {

Drawing one_node(DrawnNode node) {
  node.id = "r0_in";
  Drawing drawing;
  drawing.name = "p";
  DrawnRegion region;
  region.id = "r0";
  region.name = "r";
  region.nodes.push_back(std::move(node));
  drawing.regions.push_back(std::move(region));
  return drawing;
}

}  // namespace

TEST_CASE("a region is a cluster, and what a stage says stands behind its name if it is fused") {
  DrawnNode node;
  node.stages = {{"a", "", {"when x"}}, {"b", "", {}}};
  CHECK_THAT(dot(one_node(node)),
             Catch::Contains("  subgraph cluster_r0 {\n    label=<<b>r</b>>\n") &&
                 Catch::Contains("    r0_in [label=<<b>a</b><font point-size=\"9\" "
                                 "color=\"#555555\">, when x</font><br/><b>b</b>>, shape=box"));
  node.stages.pop_back();
  CHECK_THAT(dot(one_node(node)), Catch::Contains("<b>a</b><br/><font"));
}

TEST_CASE("text from the file cannot break out of an HTML-like label") {
  DrawnNode node;
  node.title = "<b>\"&\n";
  CHECK_THAT(dot(one_node(node)), Catch::Contains("[label=<&lt;b&gt;&quot;&amp;\\n>, "));
}

TEST_CASE("edges show dead letters dotted and further passes bold") {
  Drawing drawing;
  drawing.edges = {{"a", "b", "", false, false},
                   {"a", "c", "errors", true, false},
                   {"b", "a", "retry", false, true}};
  const std::string text = dot(drawing);
  CHECK_THAT(text, Catch::Contains("\n  a -> b\n"));
  CHECK_THAT(text, Catch::Contains("errors</font>>, style=dotted, color="));
  CHECK_THAT(text, Catch::Contains("retry</font>>, penwidth="));
}
