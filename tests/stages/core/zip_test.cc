#include <catch2/catch.hpp>

#include "stages/core/core.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {

TEST_CASE("zip wants its records paired and lets the pairs pass") {
  Registry registry;
  core::add_zip(registry);
  CHECK(registry.find("zip")->pairing == Pairing::together);
  CHECK(registry.find("zip")->role == Role::transform);
  kit::StageKit stage(registry, "zip");
  const std::vector<kit::Datum> pairs = {{"a", {{"x", "1"}, {"other_x", "2"}}, {}}, {"", {}, {}}};
  CHECK(stage.transform_at_every_cut(pairs) == pairs);
  CHECK(stage.kinds().changes_fields);  // The text says what the first one's fields said.
}

}  // namespace weir::stages::test
