#include "weir/type_builder.h"

#include <catch2/catch.hpp>

#include "tests/kit/stage_kit.h"

namespace weir {
namespace {

using kit::StageKit;

struct Options {
  std::int64_t a = 5;
  std::int64_t b = 5;
  double share = 0.5;
  Bytes size{1024};
  Duration wait{0};
  std::optional<std::uint16_t> port;
  unsigned char small = 1;
};

struct Stage1 final : Transform {
  explicit Stage1(const Options&) {}
  void process(Record&, Call&) const override {}
};

/// Declares all options; the test then adds bounds.
TypeBuilder<Stage1, Options> declared(Registry& registry) {
  auto builder = registry.add<Stage1, Options>("bounded", "Has bounds.");
  builder.optional("a", &Options::a, "")
      .optional("b", &Options::b, "")
      .optional("share", &Options::share, "")
      .optional("size", &Options::size, "")
      .optional("wait", &Options::wait, "")
      .optional("port", &Options::port, "")
      .optional("small", &Options::small, "");
  return builder;
}

/// Returns what is wrong with `option: value`; empty if nothing is.
std::string mistake(const Registry& registry, const std::string& option, const std::string& value) {
  try {
    const StageKit stage(registry, "bounded", kit::map({{option, kit::scalar(value)}}));
    return "";
  } catch (const std::runtime_error& e) {
    return e.what();
  }
}

TEST_CASE("a bound holds for the option of its member, whichever was declared last") {
  Registry registry;
  declared(registry).min(&Options::a, 1).max(&Options::b, 9).max(&Options::a, 7);
  CHECK(mistake(registry, "a", "0") == "expected at least 1, got '0'\n");
  CHECK(mistake(registry, "a", "8") == "expected at most 7, got '8'\n");
  CHECK(mistake(registry, "a", "7") == "");
  CHECK(mistake(registry, "b", "0") == "");
  CHECK(mistake(registry, "b", "10") == "expected at most 9, got '10'\n");
  CHECK(mistake(registry, "small", "0") == "");
  CHECK(registry.find("bounded")->option("a")->min == "1");
  CHECK(registry.find("bounded")->option("small")->min == "");
}

TEST_CASE("a bound holds for its option where several declare options of one type") {
  TypeSpec spec;
  TypeBuilder<Stage1, Options>(spec).optional("a", &Options::a, "");
  TypeBuilder<Stage1, Options>(spec).optional("b", &Options::b, "").min(&Options::b, 2);
  CHECK(spec.option("a")->min == "");
  CHECK(spec.option("b")->min == "2");
}

TEST_CASE("each of two bounds says what it expects, in whatever order they stand") {
  Registry registry;
  declared(registry).max(&Options::a, 7).min(&Options::a, 1);
  CHECK(mistake(registry, "a", "0") == "expected at least 1, got '0'\n");
  CHECK(mistake(registry, "a", "8") == "expected at most 7, got '8'\n");
}

TEST_CASE("a bound is written as its option's type is, or shorter") {
  Registry registry;
  declared(registry)
      .min(&Options::share, 0)
      .max(&Options::share, 1)
      .min(&Options::size, 16)
      .max(&Options::size, Bytes{1 << 20})
      .max(&Options::wait, std::chrono::hours(1))
      .min(&Options::port, 1)
      .max(&Options::small, 200u);
  CHECK(mistake(registry, "share", "1.5") == "expected at most 1, got '1.5'\n");
  CHECK(mistake(registry, "size", "8") == "expected at least 16, got '8'\n");
  CHECK(mistake(registry, "size", "2MiB") == "expected at most 1MiB, got '2MiB'\n");
  CHECK(mistake(registry, "wait", "2h") == "expected at most 1h, got '2h'\n");
  CHECK(mistake(registry, "port", "0") == "expected at least 1, got '0'\n");
  CHECK(mistake(registry, "port", "80") == "");
  CHECK(mistake(registry, "small", "201") == "expected at most 200, got '201'\n");
}

TEST_CASE("what cannot be a bound, or a declaration, fails the registration") {
  Registry registry;
  CHECK_THROWS_WITH(declared(registry).max(&Options::small, 300),
                    "a bound is no value of its option: 300");
  Registry negative;
  CHECK_THROWS_AS(declared(negative).min(&Options::port, -1), std::logic_error);
  Registry early;
  CHECK_THROWS_WITH((early.add<Stage1, Options>("bounded", "").min(&Options::a, 1)),
                    "'bounded' bounds a member that no option before it has");
  Registry twice;
  CHECK_THROWS_WITH(declared(twice).optional("a", &Options::b, ""),
                    "'bounded' declares the option 'a' twice");
}

}  // namespace
}  // namespace weir
