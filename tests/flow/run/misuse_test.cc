// Stages that break the rules: they catch what says that memory is short, send to ports that there
// are not, answer never.

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <stdexcept>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

constexpr std::size_t kSize = 900'000;

std::string padded(std::string_view number) {
  std::string text(number);
  text.resize(kSize, ' ');
  return text;
}

/// Makes the record large. What is thrown at it ends in `otherwise`.
template <class Otherwise>
void grow(Record& record, Otherwise otherwise) {
  const std::string number(record.text());
  try {
    record.set_text(padded(number));
  } catch (...) {
    otherwise(record);
  }
}
void lose(Record& record) { record.drop(); }
void convert(Record&) { throw std::runtime_error("something else"); }

std::string stages(const std::string& type) {
  const bool called = type == "late.block" || type == "late.async" || type == "late.keyed";
  return "  - uses: late.label\n    name: label\n  - uses: " + type + "\n    name: grow\n" +
         (type == "late.keyed" ? "    key: [k]\n" : "") + (called ? "    workers: 16\n" : "") +
         "  - uses: late.plain\n    name: shrink\n";
}

/// Makes all stages of that type do as `grown`.
template <class Grown>
void script(Pipeline& pipeline, const std::string& type, Grown grown) {
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("k", Value(static_cast<std::int64_t>(number_of(record) % 3)));
  };
  stage_of<Scripted>(pipeline, "shrink").act = [](Record& record, Call&) {
    record.set_text(std::to_string(number_of(record)));
  };
  if (type == "late.async") {
    stage_of<ScriptedAsync>(pipeline, "grow").act = [grown](Completion completion) {
      Record record = completion.record();
      grown(record);
      completion.done();
    };
  } else if (type == "late.keyed") {
    stage_of<ScriptedKeyed>(pipeline, "grow").act = [grown](Record& record, KeyState&, Call&) {
      grown(record);
    };
  } else if (type == "late.serial") {
    stage_of<ScriptedSerial>(pipeline, "grow").act = [grown](Record& record, Call&) {
      grown(record);
    };
  } else if (type == "late.batch") {
    stage_of<ScriptedBatch>(pipeline, "grow").act = [grown](Batch& batch, Call&) {
      batch.each([&](Record& record) { grown(record); });
    };
  } else {
    stage_of<Scripted>(pipeline, "grow").act = [grown](Record& record, Call&) { grown(record); };
  }
}

const std::vector<std::string>& texts(Pipeline& pipeline) {
  return stage_of<ScriptedSink>(pipeline, "out").texts();
}

const std::vector<std::string> kTypes = {"late.plain", "late.batch", "late.serial",
                                         "late.block", "late.async", "late.keyed"};

}  // namespace

TEST_CASE("a stage that catches want of memory, or throws something else for it, loses no record") {
  constexpr std::uint64_t kCount = 200;
  std::uint64_t short_of_memory = 0;
  for (const std::string& type : kTypes) {
    if (type == "late.keyed") continue;  // Its state has moved on: such a call is never undone.
    for (const auto otherwise : {lose, convert}) {
      for (const int threads : {1, 2, 8}) {
        INFO(type << " threads " << threads << (otherwise == lose ? " loses" : " converts"));
        Pipeline pipeline(
            around(kCount, stages(type), {}, "limits: { memory: 24MiB, record: 1MiB }\n"), threads);
        script(pipeline, type, [otherwise](Record& record) { grow(record, otherwise); });
        const Report report = run_guarded(pipeline);
        INFO(report.failure.stage << ": " << report.failure.message);
        REQUIRE(report.status == RunStatus::ok);
        CHECK(texts(pipeline) == numbers(kCount));
        short_of_memory += report.finished_at_head;
      }
    }
  }
  CHECK(short_of_memory > 0);
}

TEST_CASE("a stage that catches want of memory around what it emits loses no child") {
  constexpr std::uint64_t kCount = 100;
  std::uint64_t all_caught = 0;
  // Whether memory runs short is a matter of who is faster.
  for (int run = 0; run < 60 && (run < 3 || all_caught == 0); ++run) {
    const int threads = std::array{1, 2, 8}[static_cast<std::size_t>(run % 3)];
    INFO("threads " << threads);
    Pipeline pipeline(around(kCount, "  - uses: late.plain\n    name: emit\n", {},
                             "limits: { memory: 6MiB, record: 1MiB }\n"),
                      threads);
    std::atomic<std::uint64_t> caught{0};
    stage_of<Scripted>(pipeline, "emit").act = [&](Record& record, Call& call) {
      for (int child = 0; child < 3000; ++child) {
        try {
          call.emit().set_text(std::string(record.text()) + std::string(100, ' '));
        } catch (...) {
          caught.fetch_add(1);
        }
      }
    };
    const Report report = run_guarded(pipeline);
    REQUIRE(report.status == RunStatus::ok);
    CHECK(stage_of<ScriptedSink>(pipeline, "out").count == kCount * 3000);
    CHECK(std::ranges::is_sorted(texts(pipeline), {}, number_in));
    all_caught += caught;
  }
  CHECK(all_caught > 0);
}

TEST_CASE("a stage that catches what says that a record is too big does not pass half of it on") {
  for (const std::string& type : kTypes) {
    for (const int threads : {1, 2, 8}) {
      INFO(type << " threads " << threads);
      std::string middle = stages(type);
      middle.insert(middle.find("    name: grow"), "    on_error: skip\n");
      Pipeline pipeline(around(10, middle, {}, "limits: { memory: 64MiB, record: 512KiB }\n"),
                        threads);
      script(pipeline, type, [](Record& record) {
        if (number_of(record) % 2 == 0) grow(record, [](Record&) {});
      });
      const Report report = run_guarded(pipeline);
      REQUIRE(report.status == RunStatus::ok);
      CHECK(errors_of(report, "grow", "too_big") == 5);
      CHECK(texts(pipeline) == std::vector<std::string>{"1", "3", "5", "7", "9"});
    }
  }
}

TEST_CASE("a port that a stage has not is an error of the record") {
  const auto sends = [](std::size_t port) {
    return [port](Record& record, Call& call) {
      const bool odd = number_of(record) % 2 == 1;
      if (odd && number_of(record) % 3 == 0) return (void)call.emit(port).set_text("nobody's");
      if (odd) call.send(record, port);
    };
  };
  for (const std::string type : {"late.plain", "late.ports", "late.block", "late.serial"}) {
    for (const int threads : {1, 2, 8}) {
      for (const std::size_t port : {std::size_t{2}, std::size_t{256}, ~std::size_t{0}}) {
        INFO(type << " threads " << threads << " port " << port);
        const bool two = type == "late.ports";
        Pipeline pipeline(
            around(100, "  - uses: " + type + "\n    name: bad\n    on_error: skip\n" +
                            (two ? "  - uses: late.plain\n    from: [bad.out, bad.more]\n" : "")),
            threads);
        if (type == "late.serial") {
          stage_of<ScriptedSerial>(pipeline, "bad").act = sends(port);
        } else {
          stage_of<Scripted>(pipeline, "bad").act = sends(port);
        }
        const Report report = run_guarded(pipeline);
        REQUIRE(report.status == RunStatus::ok);
        CHECK(errors_of(report, "bad", "port") == 50);
        CHECK(texts(pipeline).size() == 50);
        CHECK(sums_up(report));
      }
    }
  }
}

TEST_CASE("an answer that is due in the longest time that there is does not come at once") {
  for (const auto time : {std::chrono::nanoseconds::max(), std::chrono::nanoseconds::max() / 2}) {
    Pipeline pipeline(around(3, R"(  - uses: late.async
    name: wait
    timeout: 20ms
    on_error: skip
)"));
    stage_of<ScriptedAsync>(pipeline, "wait").act = [time](Completion completion) {
      completion.done_after(time);
    };
    const Report report = run_guarded(pipeline);
    REQUIRE(report.status == RunStatus::ok);
    CHECK(errors_of(report, "wait", "timeout") == 3);
  }
}

TEST_CASE("what is not to be tried again in the longest time that there is, is not") {
  Pipeline pipeline(around(3, R"(  - uses: late.async
    name: wait
    deadline: 10s
    retry: { attempts: 5, backoff: 1ms }
    on_error: skip
    on_deadline: skip
)"));
  stage_of<ScriptedAsync>(pipeline, "wait").act = [](Completion completion) {
    completion.fail("busy", "come back never", true, std::chrono::nanoseconds::max());
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(texts(pipeline).empty());
  CHECK(report_of(report, "wait").calls->attempts == 3);
}

TEST_CASE("an answer given twice by the stage's own threads counts once") {
  for (const int threads : {1, 2, 8}) {
    Answerer answerer;
    Pipeline pipeline(around(500, "  - uses: late.async\n    name: twice\n    workers: 50\n"),
                      threads);
    stage_of<ScriptedAsync>(pipeline, "twice").act = [&](Completion completion) {
      auto kept = std::make_shared<Completion>(std::move(completion));
      answerer.after(std::chrono::microseconds(100), [kept] {
        kept->done([](Record& record, Call&) {
          record.set_text(std::to_string(number_of(record)) + " first");
        });
        kept->done([](Record& record, Call&) { record.set_text("second"); });
        kept->fail("second", "the second answer");
        kept->done();
      });
    };
    const Report report = run_guarded(pipeline);
    REQUIRE(report.status == RunStatus::ok);
    CHECK(texts(pipeline).size() == 500);
    CHECK(ascending(texts(pipeline)));
    CHECK(report_of(report, "twice").calls->late == 0);
  }
}

TEST_CASE("scratch space that the type did not declare is an error of the record") {
  Pipeline pipeline(around(5, "  - uses: late.plain\n    name: greedy\n    on_error: skip\n"));
  stage_of<Scripted>(pipeline, "greedy").act = [](Record&, Call& call) {
    call.scratch<std::string>() += "x";
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(errors_of(report, "greedy", "scratch") == 5);
}

}  // namespace weir::flow::test
