#include <catch2/catch.hpp>

#include "stages/builtin.h"
#include "stages/core/core.h"
#include "tests/kit/no_host.h"
#include "tests/kit/stage_kit.h"

namespace weir::stages::test {
namespace {

using kit::Datum;
using kit::map;
using kit::scalar;

constexpr auto registry = kit::types_of<core::add_take_until>;

Node options(const char* where, bool including) {
  return map({{"where", scalar(where)}, {"including", scalar(including ? "true" : "false")}});
}

/// What goes on of records whose field n counts from 1 to 10; an error as its kind.
std::vector<std::string> taken(const char* where, bool including = true) {
  std::vector<Datum> input;
  for (int i = 1; i <= 10; ++i) input.push_back({"", {{"n", std::to_string(i)}}, {}});
  kit::StageKit stage(registry(), "take_until", options(where, including));
  std::vector<std::string> numbers;
  for (const Datum& datum : stage.transform_at_every_cut(input)) {
    numbers.push_back(datum.error.empty() ? datum.fields[0].second
                                          : datum.error.substr(0, datum.error.find(':')));
  }
  return numbers;
}

using Numbers = std::vector<std::string>;

struct ByHand : Call {
  explicit ByHand(bool& ended) { end_input_ = &ended; }
};
struct NoMemory final : detail::Arena {
  char* grow(std::size_t) override { throw detail::OutOfMemory(); }
};
class NoContext final : public Context {
 public:
  std::string_view stage_name() const override { return {}; }
  void log(LogLevel, std::string_view) override {}
  Counter& counter(std::string_view) override { return none_; }
  int threads() const override { return 1; }
  std::size_t record_limit() const override { return 1 << 20; }
  StateBudget& state() override { return nothing_; }
  const detail::TimeLanguage& times() const override { return time_language(); }

 private:
  StateBudget nothing_{0};
  Counter none_;
};

}  // namespace

TEST_CASE("take_until keeps the records up to the one that it waits for") {
  CHECK(taken("n >= 3") == Numbers{"1", "2", "3"});
  CHECK(taken("n >= 3", false) == Numbers{"1", "2"});
  CHECK(taken("n == 1") == Numbers{"1"});
  CHECK(taken("n == 1", false).empty());
}

TEST_CASE("take_until keeps all where nothing is what it waits for") {
  CHECK(taken("n > 10").size() == 10);
  CHECK(taken("missing").size() == 10);
}

TEST_CASE("what is true again later does not matter to take_until") {
  CHECK(taken("n % 4 == 0") == Numbers{"1", "2", "3", "4"});
}

TEST_CASE("a record that the expression fails for is an error and not the end") {
  CHECK(taken("n == 2 and missing .. 'x'") ==
        Numbers{"1", "expression", "3", "4", "5", "6", "7", "8", "9", "10"});
}

TEST_CASE("take_until ends the input with the record that it waits for") {
  for (const bool including : {true, false}) {
    kit::StageKit stage(registry(), "take_until", options("#record.text == 2", including));
    auto& take_until = dynamic_cast<SerialTransform&>(stage.stage());
    NoContext context;
    take_until.open(context);
    bool ended = false;
    const auto state_after = [&](const char* text) {
      ByHand call(ended);
      NoMemory arena;
      const kit::NoHost nobody;
      detail::RecordData data;
      Record record(data, arena, nobody);
      record.adopt_text(text);
      take_until.process(record, call);
      return data.state;
    };
    const auto last = including ? detail::RecordState::live : detail::RecordState::dropped;
    CHECK(state_after("a") == detail::RecordState::live);
    CHECK_FALSE(ended);
    CHECK(state_after("aa") == last);
    CHECK(ended);
    CHECK(state_after("a") == detail::RecordState::dropped);
  }
}

}  // namespace weir::stages::test
