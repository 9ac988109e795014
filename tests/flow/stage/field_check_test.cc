#include "graph/flow/stage/field_check.h"

#include <catch2/catch.hpp>

namespace weir::flow::test {
namespace {

/// One record with those fields.
class Wide {
 public:
  explicit Wide(std::size_t fields) {
    names_.reserve(fields);
    for (std::size_t i = 0; i < fields; ++i) names_.push_back("field" + std::to_string(i));
    for (const std::string& name : names_) {
      slots_.push_back({name.data(), static_cast<std::uint32_t>(name.size()), 0, {}});
    }
    data_.fields = slots_.data();
    data_.field_count = static_cast<std::uint32_t>(fields);
  }
  std::span<const detail::RecordData> records() const { return {&data_, 1}; }

 private:
  std::vector<std::string> names_;
  std::vector<detail::FieldSlot> slots_;
  detail::RecordData data_;
};

}  // namespace

TEST_CASE("a field that a record has is found wherever it stands, and a missing one is not") {
  const std::vector<std::string> wanted = {"field99999", "feild7"};
  FieldCheck check(wanted);
  check.look_at(Wide(100'000).records());
  CHECK(check.found("field99999"));
  CHECK_FALSE(check.found("feild7"));
  CHECK(check.names().size() == 1000);
}

TEST_CASE("the work of a look at field names is linear in the fields") {
  const std::vector<std::string> wanted = {"none"};
  std::size_t looked_at[2];
  for (std::size_t i = 0; i < 2; ++i) {
    FieldCheck check(wanted);
    check.look_at(Wide(i == 0 ? 25'000 : 100'000).records());
    looked_at[i] = check.looked_at();
  }
  CHECK(looked_at[1] == 4 * looked_at[0]);
}

TEST_CASE("a look at field names ends with the last one that is wanted") {
  const std::vector<std::string> wanted = {"field3"};
  FieldCheck check(wanted);
  check.look_at(Wide(100'000).records());
  CHECK(check.looked_at() == 4);
}

}  // namespace weir::flow::test
