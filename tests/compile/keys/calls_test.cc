#include <catch2/catch.hpp>

#include "tests/compile/kit/look_alikes.h"

using namespace weir;
using namespace weir::compile;
using namespace std::chrono_literals;

namespace {

/// Between a source of fields and a sink.
std::string around(const std::string& stages, const std::string& behind = "") {
  return "stages:\n  - uses: generate\n" + stages +
         "  - uses: json.format\n  - uses: file.write\n    with: { path: out }\n" + behind;
}

/// A plan refers to the types that it was loaded with.
const weir::fake::Setup& usual() {
  static const weir::fake::Setup setup;
  return setup;
}

Plan plan_of(const std::string& text, const weir::fake::Setup& setup = usual()) {
  Loaded loaded = setup.load(text);
  INFO(weir::fake::render_all(loaded, text));
  REQUIRE(loaded.plan);
  return std::move(*loaded.plan);
}

/// The policy of a stage of `type` with these keys.
CallPolicy policy_of(const std::string& keys, const std::string& type = "delay") {
  return plan_of(around("  - uses: " + type + "\n" + keys)).stages[StageId(1)].call;
}

}  // namespace

TEST_CASE("the keys of a call are read with all that they say") {
  const Plan plan = plan_of(R"(shared:
  rates: { api: { limit: 10/h, burst: 5 }, other: 0.5/s }
stages:
  - uses: generate
  - uses: delay
    workers: { min: 2, max: 50, policy: aimd, target: 20ms }
    deadline: 1m
    timeout: 2s
    on_error: skip
    on_deadline: keep
    retry: { attempts: 4, backoff: 50ms, max_backoff: 3s, jitter: none }
    hedge: { after: p99.5, extra: 2, budget: 12.5% }
    rate: other
    breaker: { failures: 7, within: 30s, cooldown: 1m }
    queue: { records: 500, bytes: 2MiB, when_full: drop_oldest }
    cost: 3
  - uses: delay
    rate: api
    cost: size.bytes
    hedge: { after: 30ms }
    workers: 5
  - uses: delay
    rate: { limit: 120/m, burst: 2.5 }
  - uses: json.format
  - uses: file.write
    with: { path: out }
)");
  const PlannedStage& stage = plan.stages[StageId(1)];
  CHECK(stage.workers.policy == Workers::Policy::aimd);
  CHECK(stage.workers.min == 2);
  CHECK(stage.workers.max == 50);
  CHECK(stage.workers.target == 20ms);
  CHECK(stage.on_error.action == OnError::skip);
  const CallPolicy& call = stage.call;
  CHECK(call.deadline == 1min);
  CHECK(call.timeout == 2s);
  CHECK(call.on_deadline.action == OnError::keep);
  CHECK(call.retry.attempts == 4);
  CHECK(call.retry.backoff == 50ms);
  CHECK(call.retry.max_backoff == 3s);
  CHECK(call.retry.max_retry_after == 3s);
  CHECK(call.retry.jitter == RetryPolicy::Jitter::none);
  REQUIRE(call.hedge);
  CHECK(call.hedge->percentile == 99.5);
  CHECK(call.hedge->extra == 2);
  CHECK(call.hedge->budget == 0.125);
  REQUIRE(call.breaker);
  CHECK(call.breaker->failures == 7);
  CHECK(call.breaker->within == 30s);
  CHECK(call.breaker->cooldown == 1min);
  REQUIRE(call.queue);
  CHECK(call.queue->records == 500);
  CHECK(call.queue->bytes == 2 << 20);
  CHECK(call.queue->when_full == QueuePolicy::WhenFull::drop_oldest);
  CHECK(call.cost.fixed == 3);
  CHECK(plan.stages[StageId(2)].call.cost.field.name() == "size.bytes");
  CHECK(plan.stages[StageId(2)].named_fields == std::vector<std::string>{"size"});
  CHECK(plan.stages[StageId(2)].call.hedge->after == 30ms);
  CHECK(plan.stages[StageId(2)].call.hedge->percentile == 0);

  REQUIRE(plan.rates.size() == 3);
  CHECK(call.rate == 1u);
  CHECK(plan.stages[StageId(2)].call.rate == 0u);
  CHECK(plan.stages[StageId(3)].call.rate == 2u);
  CHECK(plan.rates[0].name == "api");
  CHECK(plan.rates[0].per_second == 10.0 / 3600);
  CHECK(plan.rates[0].burst == 5);
  CHECK(plan.rates[1].per_second == 0.5);
  CHECK(plan.rates[1].burst == 1);
  CHECK(plan.rates[2].name.empty());
  CHECK(plan.rates[2].per_second == 2);
  CHECK(plan.rates[2].burst == 2.5);
}

TEST_CASE("a queue may shed at random, and what is old") {
  const auto queue = [](const std::string& keys) {
    return *policy_of("    queue: " + keys + "\n").queue;
  };
  const QueuePolicy random = queue("{ records: 5, when_full: drop_random, seed: 7, max_age: 5s }");
  CHECK(random.when_full == QueuePolicy::WhenFull::drop_random);
  CHECK(random.seed == 7);
  CHECK(random.max_age == 5s);
  CHECK(queue("{ records: 5, when_full: drop_random }").seed == 0);
  const QueuePolicy aged = queue("{ max_age: 1ms }");
  CHECK(aged.when_full == QueuePolicy::WhenFull::wait);
  CHECK(aged.records == 0);
  CHECK(aged.max_age == 1ms);
  CHECK_FALSE(queue("{ records: 5 }").max_age);
}

TEST_CASE("what is not written has its default") {
  const CallPolicy none = policy_of("");
  CHECK_FALSE(none.may_be_late());
  CHECK(none.retry.attempts == 1);
  CHECK_FALSE(none.rate);
  CHECK(none.cost.fixed == 1);
  CHECK(none.key.fields.empty());
  const CallPolicy some = policy_of("    retry: { attempts: 2 }\n    hedge: { after: p95 }\n");
  CHECK(some.retry.backoff == 100ms);
  CHECK(some.retry.max_backoff == 30s);
  CHECK(some.retry.max_retry_after == 30s);
  const RetryPolicy asked =
      policy_of("    retry: { attempts: 2, max_backoff: 1s, max_retry_after: 1h }\n").retry;
  CHECK(asked.max_backoff == 1s);
  CHECK(asked.max_retry_after == 1h);
  CHECK(some.retry.jitter == RetryPolicy::Jitter::full);
  CHECK(some.hedge->extra == 1);
  CHECK(some.hedge->budget == 0.05);
  CHECK(some.may_be_late());
  CHECK(policy_of("    retry: { attempts: 2, backoff: 1m }\n").retry.max_backoff == 1min);
}

TEST_CASE("a passed deadline is an error like others unless on_deadline says more") {
  CHECK(policy_of("    deadline: 1s\n    on_error: skip\n").on_deadline.action == OnError::skip);
  CHECK(policy_of("    deadline: 1s\n    on_error: skip\n    on_deadline: fail\n")
            .on_deadline.action == OnError::fail);
}

TEST_CASE("a key is a field, several, or a map") {
  const auto names = [](const CallPolicy& call) {
    std::vector<std::string> all;
    for (const weir::Field& field : call.key.fields) all.push_back(field.name());
    return all;
  };
  const CallPolicy one = policy_of("    key: host\n", "tally");
  CHECK(names(one) == std::vector<std::string>{"host"});
  CHECK(one.key.max == 0);
  CHECK(one.key.when_full == weir::KeyPolicy::WhenFull::error);
  CHECK(names(policy_of("    key: [host, user.name]\n    order: key\n")) ==
        std::vector<std::string>{"host", "user.name"});
  const CallPolicy map = policy_of("    key: { fields: a, max: 7, when_full: evict }\n", "tally");
  CHECK(names(map) == std::vector<std::string>{"a"});
  CHECK(map.key.max == 7);
  CHECK(map.key.when_full == weir::KeyPolicy::WhenFull::evict);
}

TEST_CASE("what is called record by record may have a key, whatever its order") {
  for (const char* keys : {"    key: a\n", "    key: a\n    order: none\n"}) {
    const Plan plan = plan_of(around(std::string("  - uses: delay\n") + keys));
    CHECK(plan.stages[StageId(1)].call.key.fields.size() == 1);
  }
  CHECK(plan_of(around("  - uses: filter\n    with: { where: a }\n    rate: 1/s\n    key: a\n"))
            .stages[StageId(1)]
            .call.key.fields.size() == 1);
}

TEST_CASE("a stage that waits or has a policy gets a region, and its workers a number") {
  const auto first = [](const std::string& stage, const std::string& limits = "{}") {
    Plan plan = plan_of("limits: " + limits + "\n" + around(stage));
    REQUIRE(plan.regions.size() == 2);
    CHECK(plan.regions[RegionId(1)].calls);
    CHECK(plan.regions[RegionId(1)].first == StageId(1));
    CHECK(plan.stages[StageId(0)].region == RegionId(0));
    CHECK(plan.stages[StageId(1)].region == RegionId(1));
    CHECK(plan.stages[StageId(3)].region == RegionId(1));
    CHECK(plan.stages[StageId(1)].workers.min == plan.stages[StageId(1)].workers.max);
    return plan.stages[StageId(1)].workers.max;
  };
  CHECK(first("  - uses: delay\n") == 64);
  CHECK(first("  - uses: exec\n") == 16);
  CHECK(first("  - uses: tally\n    key: a\n") == 4);
  CHECK(first("  - uses: delay\n    workers: auto\n", "{ records: 20 }") == 10);
  CHECK(first("  - uses: delay\n    workers: 50000\n") == 50'000);
  const std::string filter = "  - uses: filter\n    with: { where: a }\n";
  for (const char* key : {"rate: 1/s", "timeout: 1s", "deadline: 1s", "retry: { attempts: 2 }",
                          "breaker: {}", "cost: 2", "cost: a",
                          "hedge: { after: 1s }\n    idempotent: true", "order: key\n    key: a"}) {
    INFO(key);
    CHECK(first(filter + "    " + key + "\n") == 4);
  }
}

TEST_CASE("workers of other stages stay what was written") {
  const std::string filter = "  - uses: filter\n    with: { where: a }\n";
  CHECK(plan_of(around(filter)).stages[StageId(1)].workers.max == 0);
  CHECK(plan_of(around(filter)).regions.size() == 1);
  CHECK(plan_of(around(filter + "    workers: 3\n")).stages[StageId(1)].workers.max == 3);
  const Plan queued = plan_of(around(filter + "    queue: {}\n"));
  REQUIRE(queued.regions.size() == 2);
  CHECK_FALSE(queued.regions[RegionId(1)].calls);
  CHECK(queued.stages[StageId(1)].workers.max == 0);
}

TEST_CASE("stages that get faults injected are called record by record") {
  const std::string text = around(
      "  - uses: filter\n    with: { where: a }\n  - uses: take\n"
      "    with: { count: 1 }\n");
  weir::fake::Setup one;
  one.options.chaos = {"filter"};
  const Plan plan = plan_of(text, one);
  REQUIRE(plan.regions.size() == 2);
  CHECK(plan.regions[RegionId(1)].calls);
  CHECK(plan.regions[RegionId(1)].first == StageId(1));
  weir::fake::Setup all;
  all.options.chaos_everywhere = true;
  const Plan everywhere = plan_of(text, all);
  REQUIRE(everywhere.regions.size() == 3);
  CHECK(everywhere.regions[RegionId(1)].first == StageId(1));
  CHECK(everywhere.regions[RegionId(2)].first == StageId(3));
  weir::fake::Setup wrong;
  wrong.options.chaos = {"filtre", "take"};
  CHECK(weir::fake::render_all(wrong.load(text), text) ==
        "p.yaml: error: unknown stage 'filtre'\n"
        "  did you mean 'filter'?\n"
        "p.yaml: error: 'take' (take) is a serial transform: faults are injected only where each "
        "record is seen alone\n");
}

TEST_CASE("a rate that no stage uses is worth a warning") {
  const std::string text =
      "shared: { rates: { a: 1/s, b: 2/s } }\n" + around("  - uses: delay\n    rate: b\n");
  const Loaded loaded = usual().load(text);
  CHECK(loaded.plan);
  CHECK(weir::fake::render_all(loaded, text) ==
        "p.yaml:1:20: warning: no stage uses the rate 'a'\n"
        "  shared: { rates: { a: 1/s, b: 2/s } }\n"
        "                     ^\n");
}

TEST_CASE("dead letters have chains of their own behind the sink") {
  const Plan plan = plan_of(around(R"(  - uses: filter
    with: { where: a }
    on_error: { to: repair }
  - uses: delay
    deadline: 1s
    on_error: { to: late }
    on_deadline: { to: repair }
)",
                                   R"(  - uses: set
    name: repair
    with:
      fields: { b: error }
  - uses: json.format
  - uses: file.write
    name: repaired
    with: { path: repaired }
  - uses: file.write
    name: late
    with: { path: late }
)"));
  REQUIRE(plan.stages.size() == 9);
  CHECK(plan.stages[StageId(1)].on_error.action == OnError::letter);
  CHECK(plan.stages[StageId(1)].on_error.to == StageId(5));
  CHECK(plan.stages[StageId(2)].on_error.to == StageId(8));
  CHECK(plan.stages[StageId(2)].call.on_deadline.action == OnError::letter);
  CHECK(plan.stages[StageId(2)].call.on_deadline.to == StageId(5));
  REQUIRE(plan.regions.size() == 4);
  REQUIRE(plan.regions[RegionId(0)].outlets.size() == 1);
  CHECK(plan.regions[RegionId(0)].outlets[0].to == RegionId(1));
  CHECK(plan.regions[RegionId(1)].ends());
  CHECK(plan.regions[RegionId(1)].last == StageId(4));
  CHECK_FALSE(plan.regions[RegionId(1)].letters);
  for (int region : {2, 3}) {
    CHECK(plan.regions[RegionId(region)].letters);
    CHECK(plan.regions[RegionId(region)].ends());
  }
  CHECK(plan.regions[RegionId(2)].first == StageId(5));
  CHECK(plan.regions[RegionId(3)].first == StageId(8));
  CHECK(plan.is_sink(StageId(7)));
  CHECK_FALSE(plan.is_sink(StageId(6)));
}

TEST_CASE("dead letters have fields, and their text may be anything") {
  const std::string chain =
      "  - uses: json.format\n  - uses: file.write\n    with: { path: out }\n";
  const auto letters = [&](const std::string& stages) {
    return weir::fake::complaints("stages:\n  - uses: generate\n    on_error: { to: first }\n" +
                                  chain + stages +
                                  "  - uses: file.write\n    with: { path: letters }\n" +
                                  (stages.empty() ? "    name: first\n" : ""));
  };
  CHECK(letters("") == "");
  CHECK(letters("  - uses: filter\n    name: first\n    with: { where: error }\n") == "");
  CHECK(letters("  - uses: json.parse\n    name: first\n") == "");
  CHECK(
      letters("  - uses: forget\n    name: first\n  - uses: json.format\n").find("needs fields") !=
      std::string::npos);
}

TEST_CASE("rates and shares have one grammar wherever they stand") {
  for (const auto& [rate, per_second] :
       {std::pair{"5/ms", 5000.0}, {"100/s", 100.0}, {"30/m", 0.5}, {"36/h", 0.01}}) {
    const Plan plan = plan_of(around("  - uses: delay\n    rate: " + std::string(rate) + "\n"));
    CHECK(plan.rates.at(0).per_second == Approx(per_second));
  }
  for (const char* share : {"10%", "0.1"}) {
    const std::string hedge = "    hedge: { after: 1s, budget: " + std::string(share) + " }\n";
    CHECK(policy_of(hedge).hedge->budget == Approx(0.1));
  }
}
