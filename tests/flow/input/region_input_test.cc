// A region's input by itself, without the regions above.

#include "graph/flow/input/region_input.h"

#include <catch2/catch.hpp>

#include "tests/flow/kit/shape_stages.h"

namespace weir::flow::test {
namespace {

/// The input of a stage `m` that merges two sources, with room for one record of each.
class TwoInputs {
 public:
  explicit TwoInputs(const std::string& merge)
      : pipeline_(with_least_records(
            "stages:\n" + stage("a", "", "shape.source") + stage("b", "", "shape.source") +
            stage("m", "[a, b]", "late.plain", "merge: " + merge) + stage("out", "", "late.sink"))),
        context_(pipeline_.plan(), {}),
        accounts_(context_),
        quota_(pipeline_.plan().regions.back(), RegionId(2), 4),
        token_(quota_.pool, pipeline_.plan().stages.size()),
        input_({context_, quota_, accounts_, runners_}) {
    for (const std::size_t i : {0, 1}) {
      input_.add_room_hook(i, [this, i] { ++told_[i]; });
    }
    input_.add_output_hook([] {});
  }
  ~TwoInputs() {
    input_.drop();
    accounts_.book_roots(token_);
    for (OriginRef* const origin_ref : origin_refs_) {
      if (origin_ref && origin_ref->let_go()) accounts_.book(*origin_ref);
    }
  }
  TwoInputs(const TwoInputs&) = delete;
  TwoInputs& operator=(const TwoInputs&) = delete;

  RegionInput& input() { return input_; }
  RegionInput::Offered offer(std::size_t input) {
    detail::RecordData record;
    record.text = "text";
    record.text_size = 4;
    const auto offered = input_.offer(input, record, {}, &origin_refs_[input]);
    input_.flush(input);
    return offered;
  }
  std::uint32_t take_out() { return input_.take_out(token_, 10, 1000).records; }
  /// How often the producer of an input was told that there is room.
  int told(std::size_t input) const { return told_[input]; }

 private:
  Pipeline pipeline_;
  RunContext context_;
  Accounts accounts_;
  const StageRunners runners_;
  RegionQuota quota_;
  OriginRef* origin_refs_[2] = {};
  int told_[2] = {};
  Token token_;
  RegionInput input_;
};

}  // namespace

TEST_CASE("a producer that had found no room is not waited for if it does not come after all") {
  const std::string merge = GENERATE(as<std::string>(), "priority", "round_robin",
                                     "{ policy: weighted, weights: [3, 1] }");
  const bool batch = GENERATE(false, true);
  CAPTURE(merge, batch);
  TwoInputs merges(merge);
  RegionInput& input = merges.input();
  REQUIRE(merges.offer(0) == RegionInput::Offered::taken);
  REQUIRE(merges.offer(0) == RegionInput::Offered::full);
  // What it had lies beyond a failure, which it found out when something else came.
  if (batch) {
    input.batch_left(0);
    input.choose_again();
  } else {
    input.not_coming(0);
  }
  REQUIRE(merges.take_out() == 1);
  CHECK(merges.told(0) == 0);
  REQUIRE(merges.offer(1) == RegionInput::Offered::taken);
  CHECK(merges.take_out() == 1);
}

TEST_CASE("a producer that is told that there is room is waited for") {
  const std::string merge = GENERATE(as<std::string>(), "priority", "round_robin",
                                     "{ policy: weighted, weights: [3, 1] }");
  CAPTURE(merge);
  TwoInputs merges(merge);
  REQUIRE(merges.offer(0) == RegionInput::Offered::taken);
  REQUIRE(merges.offer(0) == RegionInput::Offered::full);
  REQUIRE(merges.take_out() == 1);
  CHECK(merges.told(0) == 1);
  REQUIRE(merges.offer(1) == RegionInput::Offered::taken);
  // After one of the first it is the other's turn, if they take turns.
  CHECK(merges.take_out() == (merge == "round_robin" ? 1 : 0));
  CHECK(merges.offer(0) == RegionInput::Offered::taken);
  CHECK(merges.take_out() == 1);
}

}  // namespace weir::flow::test
