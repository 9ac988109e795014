#include "graph/compile/checks/deadlock.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>

#include "graph/compile/regions/layout.h"

using namespace weir;
using namespace weir::compile;

namespace {

using Kind = MergePolicy::Kind;

weir::Node scalar(const std::string& text, weir::Mark mark) {
  weir::Node node;
  node.text = text;
  node.mark = mark;
  return node;
}

weir::TypeSpec named(const std::string& name) {
  weir::TypeSpec type;
  type.name = name;
  return type;
}

/// Stages that read each other, by name. Each has a region of its own.
class Graph {
 public:
  Graph& source(const std::string& name) { return add(name, weir::Role::source, {}); }
  Graph& sink(const std::string& from) { return add("sink", weir::Role::sink, {from}); }
  Graph& stage(const std::string& name, const std::vector<std::string>& from) {
    return add(name, weir::Role::async_transform, from);
  }
  Graph& merge(const std::string& name, const std::vector<std::string>& from, Kind kind,
               int idle = 0) {
    add(name, kind == Kind::zip ? weir::Role::batch_transform : weir::Role::async_transform, from);
    shapes_.back().merge.kind = kind;
    shapes_.back().merge.idle = std::chrono::seconds(idle);
    return *this;
  }
  Graph& by_origin() {
    shapes_.back().merge.by_origin = true;
    return *this;
  }
  /// Takes the dead letters of `from`.
  Graph& letters(const std::string& name, const std::string& from) {
    add(name, weir::Role::async_transform, {from});
    shapes_.back().letters = links_.back().letters = true;
    return *this;
  }
  Graph& queue(QueuePolicy::WhenFull when_full) {
    QueueSpec& queue = drafts_.back().spec.queue.emplace();
    queue.records = 1;
    queue.when_full = when_full;
    return *this;
  }
  Graph& ports(std::vector<std::string> names) {
    drafts_.back().ports = std::move(names);
    return *this;
  }
  /// The last one says so, in the line of its number.
  Graph& says_merge() {
    nodes_.back()->entries.push_back({scalar("merge", {}), scalar("", {line(), 20, 0})});
    return *this;
  }

  std::vector<weir::text::Diagnostic> check() const {
    Diagnostics diagnostics("p.yaml");
    check_deadlock(drafts_, lay_out(shapes_, links_), diagnostics);
    return diagnostics.take();
  }
  /// "line: message" and its hint behind " | ".
  std::string problems() const {
    std::string text;
    for (const text::Diagnostic& d : check()) {
      text += std::to_string(d.mark.line) + ": " + d.message + " | " + d.hint + "\n";
    }
    return text;
  }
  bool legal() const { return check().empty(); }

 private:
  std::uint32_t line() const { return static_cast<std::uint32_t>(drafts_.size()); }
  Graph& add(const std::string& name, weir::Role role, const std::vector<std::string>& from) {
    const StageId stage = drafts_.end_id();
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::size_t dot = from[i].find('.');
      const StageId above = find(from[i].substr(0, dot));
      const auto port = dot == std::string::npos ? 0 : port_of(above, from[i].substr(dot + 1));
      links_.push_back({above, port, stage, i, false});
    }
    Draft& draft = drafts_.emplace_back();
    nodes_.push_back(std::make_unique<weir::Node>());
    nodes_.back()->shape = weir::Node::Shape::map;
    nodes_.back()->entries.push_back({scalar("uses", {}), scalar("", {line(), 5, 0})});
    draft.spec.node = nodes_.back().get();
    draft.spec.name = name;
    draft.type = &type_;
    draft.ports = {"out"};
    shapes_.emplace_back().role = role;
    return *this;
  }
  StageId find(const std::string& name) const {
    const auto named = [&](const Draft& draft) { return draft.spec.name == name; };
    return StageId(std::ranges::find_if(drafts_, named) - drafts_.begin());
  }
  std::size_t port_of(StageId stage, const std::string& name) const {
    const auto& ports = drafts_[stage].ports;
    return static_cast<std::size_t>(std::ranges::find(ports, name) - ports.begin());
  }

  weir::TypeSpec type_ = named("meet");
  Drafts drafts_;
  std::vector<std::unique_ptr<Node>> nodes_;
  Shapes shapes_;
  std::vector<Link> links_;
};

/// A tee whose branches meet again.
Graph diamond(Kind kind, int idle = 0) {
  Graph graph;
  graph.source("read").stage("a", {"read"}).stage("b", {"read"}).merge("m", {"a", "b"}, kind, idle);
  graph.sink("m");
  return graph;
}
/// Two sources that meet.
Graph pair(Kind kind) {
  Graph graph;
  graph.source("one").source("two").merge("m", {"one", "two"}, kind).sink("m");
  return graph;
}
/// Two sources, each of which feeds both merges.
Graph crossed(Kind first, Kind second, int idle = 0) {
  Graph graph;
  graph.source("one").source("two");
  graph.merge("m", {"one", "two"}, first).sink("m");
  graph.merge("n", {"one", "two"}, second, idle).sink("n");
  return graph;
}

const std::string kIdle =
    "say after which 'idle' it goes on, or give one of the two a source of its own";

}  // namespace

TEST_CASE("a tee whose branches are read one after the other is a deadlock") {
  CHECK(diamond(Kind::concat).problems() ==
        "4: deadlock: 'm' (meet) may wait for 'a' while 'b' is full, and 'read' feeds both | "
        "'merge: input' never waits like that; or " +
            kIdle + "\n");
  CHECK(pair(Kind::concat).legal());
}

TEST_CASE("a tee whose branches are sorted is a deadlock unless one may be silent") {
  CHECK(diamond(Kind::sorted).problems() ==
        "4: deadlock: 'm' (meet) may wait for 'a' while 'b' is full, and 'read' feeds both | "
        "'merge: input' never waits like that; or " +
            kIdle + "\n");
  CHECK(diamond(Kind::sorted, 5).legal());
  CHECK(pair(Kind::sorted).legal());
}

TEST_CASE("branches of one source that pair by number are a deadlock, by origin they are not") {
  CHECK(diamond(Kind::zip).problems() ==
        "4: deadlock: 'm' (meet) may wait for 'a' while 'b' is full, and 'read' feeds both | " +
            kIdle + "\n");
  CHECK(diamond(Kind::zip, 5).legal());
  CHECK(pair(Kind::zip).legal());
  Graph by_origin;
  by_origin.source("read").stage("a", {"read"}).merge("m", {"a", "read"}, Kind::zip).by_origin();
  CHECK(by_origin.sink("m").legal());
}

TEST_CASE("a diamond that merges by place or by what is there is no deadlock") {
  for (const Kind kind : {Kind::input, Kind::first, Kind::arrival, Kind::priority, Kind::weighted,
                          Kind::round_robin}) {
    CHECK(diamond(kind).legal());
  }
}

TEST_CASE("a queue that drops what it has no room for breaks a deadlock, one that waits does not") {
  using WhenFull = QueuePolicy::WhenFull;
  const auto graph = [](WhenFull when_full) {
    Graph all;
    all.source("read").stage("a", {"read"}).stage("b", {"read"}).queue(when_full);
    all.merge("m", {"a", "b"}, Kind::concat).sink("m");
    return all.check().size();
  };
  CHECK(graph(WhenFull::wait) == 1);
  CHECK(graph(WhenFull::drop_newest) == 0);
  CHECK(graph(WhenFull::drop_oldest) == 0);
  CHECK(graph(WhenFull::drop_random) == 0);
  // Of the branch that is waited for it says nothing.
  Graph other;
  other.source("read").stage("a", {"read"}).queue(WhenFull::drop_newest).stage("b", {"read"});
  other.merge("m", {"a", "b"}, Kind::concat).sink("m");
  CHECK(other.check().size() == 1);
}

TEST_CASE("a deadlock is reported where the merge is written") {
  Graph graph;
  graph.source("read").merge("m", {"read", "read"}, Kind::sorted).says_merge().sink("m");
  const auto found = graph.check();
  REQUIRE(found.size() == 1);
  CHECK(found.front().mark == Mark{2, 20, 0});
}

TEST_CASE("two ports of one stage that meet again are a deadlock") {
  Graph graph;
  graph.source("read").stage("route", {"read"}).ports({"small", "large"});
  graph.merge("m", {"route.large", "route.small"}, Kind::concat).sink("m");
  CHECK(graph.problems() ==
        "3: deadlock: 'm' (meet) may wait for 'route.large' while 'route.small' is full, and "
        "'route' feeds both | 'merge: input' never waits like that; or " +
            kIdle + "\n");
}

TEST_CASE("dead letters that meet those that did not fail are a deadlock") {
  const auto graph = [](Kind kind) {
    Graph all;
    all.source("read").stage("call", {"read"}).letters("mend", "call");
    all.merge("m", {"call", "mend"}, kind).sink("m");
    return all.problems();
  };
  CHECK(graph(Kind::concat) ==
        "4: deadlock: 'm' (meet) may wait for 'call' while 'mend' is full, and 'call' feeds both | "
        "'merge: input' never waits like that; or " +
            kIdle + "\n");
  CHECK(graph(Kind::input).empty());
}

TEST_CASE("two sources that pair crosswise are a deadlock") {
  CHECK(crossed(Kind::zip, Kind::zip).problems() ==
        "3: deadlock: 'm' (meet) may wait for 'one' while 'two' is full: 'one' cannot go on "
        "without 'n', which may wait for 'two', and 'two' cannot go on without 'm' | " +
            kIdle +
            "\n"
            "5: deadlock: 'n' (meet) may wait for 'one' while 'two' is full: 'one' cannot go on "
            "without 'm', which may wait for 'two', and 'two' cannot go on without 'n' | " +
            kIdle + "\n");
  CHECK(crossed(Kind::zip, Kind::arrival).legal());
  CHECK(crossed(Kind::zip, Kind::sorted, 5).legal());
  Graph by_origin;
  by_origin.source("read").stage("a", {"read"}).stage("b", {"read"});
  by_origin.merge("m", {"a", "b"}, Kind::zip).by_origin().sink("m");
  by_origin.merge("n", {"a", "b"}, Kind::zip).by_origin().sink("n");
  CHECK(by_origin.legal());
}

TEST_CASE("two sources read one after the other, twice, must be in the same order") {
  CHECK(crossed(Kind::concat, Kind::concat).legal());
  Graph graph;
  graph.source("one").source("two");
  graph.merge("m", {"one", "two"}, Kind::concat).sink("m");
  graph.merge("n", {"two", "one"}, Kind::concat).sink("n");
  CHECK(graph.problems() ==
        "3: deadlock: 'm' (meet) may wait for 'one' while 'two' is full: 'one' cannot go on "
        "without 'n', which may wait for 'two', and 'two' cannot go on without 'm' | "
        "'merge: arrival' never waits like that; or " +
            kIdle +
            "\n"
            "5: deadlock: 'n' (meet) may wait for 'two' while 'one' is full: 'two' cannot go on "
            "without 'm', which may wait for 'one', and 'one' cannot go on without 'n' | "
            "'merge: arrival' never waits like that; or " +
            kIdle + "\n");
}

TEST_CASE("a merge by place in between passes a deadlock on") {
  // What 'm' waits for comes by 'n', which waits for 'b', which cannot go on without 'm'.
  const auto graph = [](Kind between, Kind below) {
    Graph all;
    all.source("one").source("two");
    all.stage("a", {"one"}).stage("b", {"two"});
    all.merge("n", {"a", "b"}, between).sink("n");
    all.merge("m", {"a", "b"}, below).sink("m");
    return all;
  };
  CHECK(graph(Kind::input, Kind::zip).problems() ==
        "7: deadlock: 'm' (meet) may wait for 'a' while 'b' is full: 'a' cannot go on without "
        "'n', which may wait for 'b', and 'b' cannot go on without 'm' | " +
            kIdle + "\n");
  CHECK(graph(Kind::arrival, Kind::zip).legal());
  CHECK(graph(Kind::input, Kind::input).legal());
}

TEST_CASE("a deadlock is found through all that lies between the fork and the merge") {
  const auto graph = [](const std::string& other) {
    Graph all;
    all.source("read").source("also").stage("fork", {"read"});
    all.stage("a", {"fork"}).stage("b", {"a"});
    all.stage("c", {"fork"}).merge("d", {"c", "also"}, Kind::arrival);
    all.merge("m", {other, "b"}, Kind::sorted).sink("m").sink("d");
    return all.problems();
  };
  CHECK(graph("d") ==
        "8: deadlock: 'm' (meet) may wait for 'd' while 'b' is full, and 'fork' feeds both | "
        "'merge: arrival' never waits like that; or " +
            kIdle + "\n");
  CHECK(graph("also").empty());
}

TEST_CASE("two sources that pair are no deadlock if one of them has a diamond of its own") {
  const auto graph = [](Kind kind) {
    Graph all;
    all.source("one").source("two").stage("a", {"one"}).stage("b", {"one"});
    all.merge("d", {"a", "b"}, kind).merge("m", {"d", "two"}, Kind::zip).sink("m");
    return all.problems();
  };
  CHECK(graph(Kind::input).empty());
  CHECK(graph(Kind::arrival).empty());
  // The diamond itself may be one; what is below is not to blame.
  CHECK(graph(Kind::concat).find("5: deadlock: 'd'") == 0);
  CHECK(graph(Kind::concat).find("'m'") == std::string::npos);
}

TEST_CASE("a fork beside a merge does no harm as long as nothing leads back into it") {
  Graph graph;
  graph.source("one").source("two").stage("audit", {"one"}).sink("audit");
  graph.merge("m", {"one", "two"}, Kind::concat).stage("below", {"m"}).sink("below").sink("m");
  CHECK(graph.legal());
}
