#include "graph/spec/layout.h"

#include <catch2/catch.hpp>
#include <sstream>

using namespace weir;

namespace {

constexpr StageShape kSource{Role::source, 0, {}};
constexpr StageShape kSink{Role::sink, 0, {}};
constexpr StageShape kFast{Role::transform, 0, {}};
constexpr StageShape kSerial{Role::serial_transform, 0, {}};

StageShape workers(int n) { return {Role::transform, n, {}}; }
StageShape ordered(Role role, Order order) { return {role, 0, order}; }

/// "p1-2 s3" with the workers behind ':' and '!' where the input comes in any order.
std::string shown(const std::vector<StageShape>& stages) {
  std::ostringstream out;
  for (const Segment& s : lay_out(stages)) {
    out << (out.tellp() > 0 ? " " : "") << (s.kind == Segment::Kind::parallel ? "p" : "s")
        << s.first << "-" << s.last;
    if (s.workers) out << ":" << s.workers;
    if (!s.in_order) out << "!";
  }
  return out.str();
}

}  // namespace

TEST_CASE("a source and a sink have an empty parallel segment between them") {
  CHECK(shown({kSource, kSink}) == "p1-0 s1-1");
}

TEST_CASE("neighbouring transforms share a segment, and so do serial stages") {
  CHECK(shown({kSource, kFast, kFast, kSink}) == "p1-2 s3-3");
  CHECK(shown({kSource, kFast, kSerial, kSerial, kSink}) == "p1-1 s2-4");
  CHECK(shown({kSource, kSerial, kFast, kSink}) == "p1-0 s1-1 p2-2 s3-3");
  CHECK(shown({kSource, kFast, kSerial, kFast, {Role::batch_transform, 0, {}}, kSink}) ==
        "p1-1 s2-2 p3-4 s5-5");
}

TEST_CASE("a stage with workers of its own has a segment of its own") {
  CHECK(shown({kSource, workers(3), kSink}) == "p1-0 p1-1:3 s2-2");
  CHECK(shown({kSource, kFast, workers(2), workers(2), kFast, kSink}) ==
        "p1-1 p2-2:2 p3-3:2 p4-4 s5-5");
}

TEST_CASE("what is not in order stays so until a stage asks for order") {
  const StageShape none = ordered(Role::transform, Order::none);
  const StageShape input = ordered(Role::transform, Order::input);
  CHECK(shown({kSource, none, kSink}) == "p1-1 s2-2!");
  CHECK(shown({ordered(Role::source, Order::none), kFast, kSink}) == "p1-1 s2-2!");
  CHECK(shown({kSource, none, input, kSink}) == "p1-2 s3-3");
  CHECK(shown({kSource, none, kSerial, kFast, kSink}) == "p1-1 s2-2! p3-3 s4-4!");
  // A serial stage above must not hold what the later one needs first.
  CHECK(shown({kSource, none, kSerial, input, kSink}) == "p1-1 s2-2 p3-3 s4-4");
}

TEST_CASE("a serial stage that asks for order gets its input in order") {
  const StageShape none = ordered(Role::transform, Order::none);
  const StageShape serial = ordered(Role::serial_transform, Order::input);
  CHECK(shown({kSource, none, serial, kSink}) == "p1-1 s2-3");
  CHECK(shown({kSource, none, kSerial, serial, kSink}) == "p1-1 s2-4");
  CHECK(shown({kSource, none, serial, kFast, kSink}) == "p1-1 s2-2 p3-3 s4-4");
}
