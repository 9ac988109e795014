#include "tests/flow/random/call_pipeline.h"

#include <algorithm>
#include <array>
#include <random>

namespace weir::flow::test {
namespace {

using Type = DrawnStage::Type;

std::string number(std::int64_t n) { return std::to_string(n); }

/// Draws a pipeline, stage after stage, so that what it gives does not depend on the schedule
/// (unless it is to be shaky).
class Drawing {
 public:
  Drawing(std::uint64_t seed, bool shaky) : random_(seed * 2 + (shaky ? 1 : 0)), shaky_(shaky) {}

  CallPipeline draw() {
    pipeline_.count = one_in(4) ? up_to(12) : up_to(300);
    pipeline_.split = one_in(2);
    pipeline_.blocking = one_in(4);
    if (one_in(12)) pipeline_.fail_at = up_to(pipeline_.count + 5);
    pipeline_.fields = !one_in(3);
    pipeline_.given = {up_to(1000), 1 + up_to(12), 1 + up_to(6), one_in(2) ? up_to(30) : 0};
    pipeline_.letters_as_json = one_in(2);
    if (one_in(3)) pipeline_.records = 1 + up_to(40);
    if (one_in(3)) pipeline_.memory = 4 + up_to(20);
    pads_ = one_in(6);
    const std::int64_t stages = 1 + up_to(5);
    for (std::int64_t i = 0; i < stages; ++i) add_stage();
    settle_orders();
    return pipeline_;
  }

 private:
  std::int64_t up_to(std::int64_t n) {
    return n <= 0 ? 0 : static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }
  bool one_in(std::int64_t n) { return up_to(n) == 0; }

  void add_stage() {
    static constexpr std::array kTypes = {
        DrawnStage::Type::mix,      DrawnStage::Type::batch,    DrawnStage::Type::tally,
        DrawnStage::Type::take,     DrawnStage::Type::flaky,    DrawnStage::Type::flaky,
        DrawnStage::Type::blocking, DrawnStage::Type::blocking, DrawnStage::Type::async,
        DrawnStage::Type::async,    DrawnStage::Type::async,    DrawnStage::Type::keyed,
        DrawnStage::Type::keyed,    DrawnStage::Type::keyed};
    DrawnStage stage;
    stage.type = kTypes[static_cast<std::size_t>(up_to(kTypes.size()))];
    const bool stateful = stage.serial() || stage.type == DrawnStage::Type::keyed;
    if (stage.type == DrawnStage::Type::take && !one_in(3)) stage.type = DrawnStage::Type::async;
    if (stage.type == DrawnStage::Type::keyed && !pipeline_.fields)
      stage.type = DrawnStage::Type::blocking;
    if (shaky_ && stateful)
      stage.type = one_in(2) ? DrawnStage::Type::async : DrawnStage::Type::blocking;
    draw_order(stage);
    draw_behaviour(stage);
    draw_errors(stage);
    stage.odd_only = one_in(5);
    if (!stage.serial()) draw_policies(stage);
    pipeline_.stages.push_back(std::move(stage));
  }

  /// What has state needs an order; one that is asked for below is kept above.
  void draw_order(DrawnStage& stage) {
    const bool keyed = stage.type == DrawnStage::Type::keyed;
    const bool same_keys = keyed && order_ == compile::Order::key && keeps_keys_;
    if ((stage.serial() || keyed) && order_ != compile::Order::input && !same_keys)
      stage.order = "input";
    stage.by_key = keyed;
    // In which order its keys appear, and what it emits in the end, is then anybody's guess.
    if (same_keys) keeps_keys_ = false;
    makes_ = makes_ || stage.serial();
    if (stage.serial()) {
      if (!stage.order.empty()) order_ = compile::Order::input;
      return;
    }
    const bool own =
        stage.type == DrawnStage::Type::async || stage.type == DrawnStage::Type::blocking || keyed;
    stage.called = own;
    // What a stage makes by itself has no place among the origins.
    stage.call.in_order = order_ == compile::Order::input && !makes_;
    makes_ = makes_ || keyed;
    if (own && !keyed && pipeline_.fields && one_in(3)) stage.by_key = true;
    if (own && stage.order.empty()) {
      const std::int64_t which = up_to(10);
      if (which == 0) stage.order = "none";
      if (which == 1 && pipeline_.fields && order_ != compile::Order::none) stage.order = "key";
      if (which == 2) stage.order = "input";
    }
    if (stage.order == "none") order_ = compile::Order::none;
    if (stage.order == "input") order_ = compile::Order::input;
    if (stage.order == "key") {
      stage.by_key = true;
      keeps_keys_ = order_ == compile::Order::input;
      order_ = compile::Order::key;
    }
  }

  void draw_behaviour(DrawnStage& stage) {
    MixOptions& o = stage.options;
    o.seed = stage.call.seed = up_to(1'000'000);
    o.drop = stage.call.drop = one_in(3) ? up_to(40) : 0;
    o.emit = stage.call.emit = one_in(3) ? up_to(40) : 0;
    if (stage.type == DrawnStage::Type::batch || stage.type == DrawnStage::Type::keyed) o.emit = 0;
    if (stage.type == DrawnStage::Type::take) stage.count = 1 + up_to(pipeline_.count + 5);
    if (stage.type == DrawnStage::Type::tally && one_in(6))
      stage.count = 1 + up_to(2 * pipeline_.count + 1);
    o.spin = one_in(5) ? up_to(40) : 0;
    stage.call.delay_us = one_in(3)                               ? 0
                          : stage.type == DrawnStage::Type::async ? up_to(2000)
                                                                  : up_to(300);
    if (stage.by_key) stage.call.delay_us = std::min<std::int64_t>(stage.call.delay_us, 200);
    stage.call.by_key = stage.by_key;
    stage.call.pad = pads_ && one_in(2) ? 1 + up_to(1500) : 0;
    if (o.emit > 0) keeps_keys_ = false;
  }

  void draw_errors(DrawnStage& stage) {
    static constexpr const char* kPolicies[] = {"fail", "skip", "keep", "{ to: rejects }"};
    if (stage.type == DrawnStage::Type::take) return;
    stage.on_error = kPolicies[up_to(4)];
    if (stage.on_error == "fail") {
      // Errors that fail the run are rare, or no run would get far.
      if (one_in(3)) stage.options.at = up_to(pipeline_.count + 10);
      if (one_in(5) && pipeline_.count < 100) stage.call.permanent = 1;
      if (one_in(10) && pipeline_.count < 40) stage.call.flaky = 2;
    } else if (!one_in(3)) {
      stage.options.fail = up_to(20);
      stage.options.thrown = up_to(10);
      stage.call.permanent = up_to(10);
      stage.call.thrown = up_to(10);
      stage.call.flaky = up_to(30);
      if (stage.type == DrawnStage::Type::async) stage.call.unanswered = up_to(8);
    }
  }

  void add(DrawnStage& stage, const std::string& line) {
    stage.more += "    " + line + "\n";
    stage.called = true;
  }

  void draw_policies(DrawnStage& stage) {
    const bool keyed = stage.type == DrawnStage::Type::keyed;
    const bool own = stage.called || stage.type == DrawnStage::Type::flaky;
    if (!own && !one_in(5)) {
      if (one_in(4)) stage.more += "    workers: " + number(1 + up_to(3)) + "\n";
      return;
    }
    if (own && !stage.by_key && one_in(4)) draw_hedge(stage);
    if (!keyed && !stage.hedged && one_in(2)) draw_retry(stage);
    const std::int64_t workers = one_in(3) ? 1 + up_to(3) : 1 + up_to(64);
    if (one_in(6)) {
      stage.cost = 1 + static_cast<int>(up_to(std::min<std::int64_t>(workers, 5)));
      stage.called = true;
    } else if (one_in(6) && pipeline_.fields) {
      stage.cost_field = stage.called = true;
    }
    if (stage.cost > 0 || !one_in(3)) stage.more += "    workers: " + number(workers) + "\n";
    if (one_in(6)) add(stage, "rate: 100000/s");
    if (one_in(6)) add(stage, "queue: { records: " + number(1 + up_to(6)) + " }");
    if (shaky_) draw_clocks(stage, workers);
    if (stage.more.find("deadline") == std::string::npos && one_in(5)) {
      add(stage, "deadline: 100s");
    }
    if (stage.more.find("timeout") == std::string::npos && one_in(5)) add(stage, "timeout: 50s");
    if (stage.type == DrawnStage::Type::flaky && !stage.called) add(stage, "deadline: 100s");
  }

  void draw_retry(DrawnStage& stage) {
    stage.attempts = 1 + static_cast<int>(up_to(4));
    add(stage, "retry: { attempts: " + number(stage.attempts) +
                   ", backoff: " + number(100 + up_to(900)) +
                   "us, jitter: " + (one_in(2) ? "full" : "none") + " }");
  }

  /// What an attempt's number decides would depend on whether a hedge was in time.
  void draw_hedge(DrawnStage& stage) {
    stage.hedged = true;
    stage.call.flaky = 0;
    add(stage, "hedge: { after: 200us, extra: " + number(1 + up_to(2)) + ", budget: 100% }");
    if (one_in(2)) {
      stage.attempts = 1 + static_cast<int>(up_to(3));
      add(stage, "retry: { attempts: " + number(stage.attempts) + ", backoff: 100us }");
    }
  }

  /// Deadlines, timeouts, breakers and queues that strike.
  void draw_clocks(DrawnStage& stage, std::int64_t workers) {
    static constexpr const char* kLate[] = {"skip", "keep", "{ to: rejects }", "fail"};
    if (one_in(3)) {
      add(stage, "timeout: " + number(300 + up_to(1200)) + "us");
      stage.shaky = true;
    }
    if (one_in(3)) {
      add(stage, "deadline: " + number(1000 + up_to(2000)) + "us");
      stage.on_deadline = kLate[up_to(one_in(8) ? 4 : 3)];
      stage.shaky = true;
    }
    if (one_in(4)) {
      add(stage, "breaker: { failures: " + number(1 + up_to(5)) + ", cooldown: 1ms }");
      stage.shaky = true;
    }
    if (stage.more.find("queue") == std::string::npos && one_in(3)) {
      static constexpr const char* kFull[] = {"wait", "drop_newest", "drop_oldest", "drop_random"};
      const std::int64_t full = up_to(4);
      const bool ages = full == 0 || one_in(3);
      add(stage, "queue: { records: " + number(1 + up_to(20)) + ", when_full: " + kFull[full] +
                     (ages ? ", max_age: 1ms }" : " }"));
      stage.shaky = stage.sheds = true;
    }
    if (workers > 4)
      stage.call.delay_us = stage.type == DrawnStage::Type::async ? stage.call.delay_us : 0;
  }

  /// What a stage asks for is kept from the first stage on.
  void settle_orders() {
    compile::Order order = compile::Order::input;
    for (DrawnStage& stage : pipeline_.stages) {
      if (stage.order == "none") order = compile::Order::none;
      if (stage.order == "key") order = compile::Order::key;
      if (stage.order == "input") order = compile::Order::input;
      stage.holds = order;
    }
    bool asked = false;
    for (std::size_t i = pipeline_.stages.size(); i-- > 0;) {
      DrawnStage& stage = pipeline_.stages[i];
      asked = asked || stage.holds == compile::Order::input;
      if (asked) stage.holds = compile::Order::input;
    }
  }

  std::mt19937_64 random_;
  const bool shaky_;
  bool pads_ = false;
  CallPipeline pipeline_;
  compile::Order order_ = compile::Order::input;  ///< So far.
  bool makes_ = false;                            ///< A stage has made records by itself.
  bool keeps_keys_ = false;  ///< Since order_ became `key`, nothing has lost its key.
};

std::string calls_yaml(const CallOptions& o) {
  return "drop: " + number(o.drop) + ", permanent: " + number(o.permanent) +
         ", thrown: " + number(o.thrown) + ", unanswered: " + number(o.unanswered) +
         ", flaky: " + number(o.flaky) + ", emit: " + number(o.emit) + ", pad: " + number(o.pad) +
         ", delay_us: " + number(o.delay_us) + ", by_key: " + (o.by_key ? "true" : "false") +
         ", in_order: " + (o.in_order ? "true" : "false");
}

}  // namespace

std::string stage_name(std::size_t at) { return "s" + std::to_string(at + 1); }

CallPipeline CallPipeline::random(std::uint64_t seed, bool shaky) {
  return Drawing(seed, shaky).draw();
}

bool CallPipeline::has_letters() const {
  return std::any_of(stages.begin(), stages.end(), [](const DrawnStage& s) {
    return s.on_error.front() == '{' || (!s.on_deadline.empty() && s.on_deadline.front() == '{');
  });
}

bool CallPipeline::ordered() const {
  return std::all_of(stages.begin(), stages.end(),
                     [](const DrawnStage& s) { return s.holds == compile::Order::input; });
}

std::string DrawnStage::yaml(const std::string& name) const {
  static constexpr const char* kTypes[] = {"test.mix",   "test.batch", "test.tally",
                                           "take",       "test.flaky", "test.blocking",
                                           "test.async", "test.keyed"};
  std::string yaml = std::string("  - uses: ") + kTypes[static_cast<int>(type)] + "\n";
  yaml += "    name: " + name + "\n    on_error: " + on_error + "\n" + more;
  if (!on_deadline.empty()) yaml += "    on_deadline: " + on_deadline + "\n";
  if (!order.empty()) yaml += "    order: " + order + "\n";
  if (by_key) yaml += "    key: [k]\n";
  if (cost > 0) yaml += "    cost: " + number(cost) + "\n";
  if (cost_field) yaml += "    cost: c\n";
  if (odd_only) yaml += "    when: string.len(record.text) % 2 == 1\n";
  if (type == Type::take) return yaml + "    with: { count: " + number(count) + " }\n";
  const MixOptions& o = options;
  yaml += "    with: { seed: " + number(o.seed) + ", ";
  if (type == Type::flaky || type == Type::blocking || type == Type::async) {
    return yaml + calls_yaml(call) + " }\n";
  }
  yaml += "drop: " + number(o.drop) + ", fail: " + number(o.fail) +
          ", thrown: " + number(o.thrown) + ", at: " + number(o.at);
  if (type != Type::keyed) yaml += ", emit: " + number(o.emit);
  if (type == Type::tally) yaml += ", take: " + number(count);
  if (type == Type::mix || type == Type::batch) yaml += ", spin: " + number(o.spin);
  return yaml + " }\n";
}

std::string limits_yaml(std::int64_t records, std::int64_t memory) {
  if (records == 0 && memory == 0) return {};
  std::string yaml = "limits:\n";
  if (records > 0) yaml += "  records: " + number(records) + "\n";
  if (memory > 0) yaml += "  memory: " + number(memory) + "MiB\n  record: 64KiB\n";
  return yaml;
}

std::string CallPipeline::yaml() const {
  std::string yaml = limits_yaml(records, memory) +
                     "stages:\n  - uses: test.numbers\n    with: { count: " + number(count) +
                     ", split: " + (split ? "true" : "false") +
                     ", blocking: " + (blocking ? "true" : "false") +
                     ", fail_at: " + number(fail_at) + " }\n";
  if (fields) {
    yaml += "  - uses: test.fields\n    with: { seed: " + number(given.seed) +
            ", keys: " + number(given.keys) + ", costs: " + number(given.costs) +
            ", missing: " + number(given.missing) + " }\n";
  }
  for (std::size_t i = 0; i < stages.size(); ++i) yaml += stages[i].yaml(stage_name(i));
  yaml += "  - uses: test.collect\n";
  if (!has_letters()) return yaml;
  if (letters_as_json) {
    return yaml + "  - uses: json.format\n    name: rejects\n  - uses: test.letters\n";
  }
  return yaml + "  - uses: test.letters\n    name: rejects\n";
}

}  // namespace weir::flow::test
