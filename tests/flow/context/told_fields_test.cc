// What an error tells stays with a record that is kept or becomes a dead letter.

#include <catch2/catch.hpp>

#include "tests/flow/kit/late_stages.h"

namespace weir::flow::test {
namespace {

/// Sets fields, changes all, then fails and tells.
void fail_telling(Record& record) {
  record.set("status", 1);
  record.set("lost", "with the call");
  record.set_text("changed");
  record.fail("chosen", "on purpose", false);
  const std::string name = "made";
  record.tell(FieldName(name), std::string_view("by hand"));
  record.tell("status", 503);
}

/// Status, what was made, and the fields' names, of each record that comes.
struct Seen {
  std::vector<std::string> texts;
  void watch(Pipeline& pipeline, std::string_view sink) {
    stage_of<ScriptedSink>(pipeline, sink).act = [this](Record& record) {
      std::string text = std::string(record.text());
      for (std::uint32_t i = 0; i < record.field_count(); ++i) {
        const FieldView field = record.field(i);
        if (field.name == "error") continue;
        text += " " + std::string(field.name) + "=";
        text += field.value.type() == ValueType::integer ? std::to_string(field.value.as_integer())
                                                         : std::string(field.value.as_text());
      }
      texts.push_back(text);
    };
  }
};

const std::string kBox = "  - uses: late.sink\n    name: box\n";

std::string one_of(const std::string& type, const std::string& policy) {
  const std::string workers = type == "async" || type == "block" ? "    workers: 5\n" : "";
  return "  - uses: late." + type + "\n    name: bad\n" + workers + "    on_error: " + policy +
         "\n";
}

void let_fail(Pipeline& pipeline, const std::string& type) {
  const auto act = [](Record& r, Call&) {
    if (number_of(r) % 2 == 1) fail_telling(r);
  };
  if (type == "async") {
    stage_of<ScriptedAsync>(pipeline, "bad").act = [act](Completion completion) {
      completion.done(act);
    };
  } else if (type == "serial") {
    stage_of<ScriptedSerial>(pipeline, "bad").act = act;
  } else if (type == "batch") {
    stage_of<ScriptedBatch>(pipeline, "bad").act = [act](Batch& batch, Call& call) {
      batch.each([&](Record& record) { act(record, call); });
    };
  } else {
    stage_of<Scripted>(pipeline, "bad").act = act;
  }
}

}  // namespace

TEST_CASE("a record that is kept has what its error tells, and nothing else of the call") {
  const int threads = GENERATE(1, 2, 8);
  const std::string type =
      GENERATE(std::string("plain"), std::string("block"), std::string("async"),
               std::string("serial"), std::string("batch"));
  CAPTURE(threads, type);
  Pipeline pipeline(around(4, one_of(type, "keep")), threads);
  let_fail(pipeline, type);
  Seen seen;
  seen.watch(pipeline, "out");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(seen.texts == std::vector<std::string>{"0", "1 made=by hand status=503", "2",
                                               "3 made=by hand status=503"});
}

TEST_CASE("so has a dead letter, of a sink as well") {
  const std::string type =
      GENERATE(std::string("plain"), std::string("block"), std::string("async"));
  Pipeline pipeline(around(4, one_of(type, "{ to: box }"), kBox), 2);
  let_fail(pipeline, type);
  Seen seen;
  seen.watch(pipeline, "box");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(seen.texts == std::vector<std::string>{"1 made=by hand status=503 text=1",
                                               "3 made=by hand status=503 text=3"});
  CHECK(count_of(report, Outcome::dead_lettered) == 2);
}

TEST_CASE("a sink tells, too") {
  Pipeline pipeline(around(2, "", "    on_error: { to: box }\n" + kBox), 2);
  stage_of<ScriptedSink>(pipeline, "out").act = [](Record& record) {
    record.fail("refused", "by the sink");
    record.tell("code", 7);
  };
  Seen seen;
  seen.watch(pipeline, "box");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(seen.texts == std::vector<std::string>{"0 code=7 text=0", "1 code=7 text=1"});
}

TEST_CASE("it takes the place of a field, and the next stage's error tells nothing of it") {
  Pipeline pipeline(around(1,
                           "  - uses: late.label\n    name: label\n"
                           "  - uses: late.plain\n    name: first\n    on_error: keep\n"
                           "  - uses: late.plain\n    name: second\n    on_error: keep\n"),
                    2);
  stage_of<Scripted>(pipeline, "label").act = [](Record& record, Call&) {
    record.set("status", 200);
    record.set("kept", "yes");
  };
  stage_of<Scripted>(pipeline, "first").act = [](Record& record, Call&) { fail_telling(record); };
  stage_of<Scripted>(pipeline, "second").act = [](Record& record, Call&) {
    record.remove("made");
    record.set("status", 404);
    record.fail("other", "again");
  };
  Seen seen;
  seen.watch(pipeline, "out");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(seen.texts == std::vector<std::string>{"0 status=503 kept=yes made=by hand"});
}

TEST_CASE("the last attempt tells, and a good one nothing") {
  Pipeline pipeline(around(2,
                           "  - uses: late.async\n    name: call\n    workers: 2\n"
                           "    retry: { attempts: 3, backoff: 1ms }\n    on_error: keep\n"),
                    2);
  stage_of<ScriptedAsync>(pipeline, "call").act = [](Completion completion) {
    completion.done([](Record& record, Call& call) {
      if (number_of(record) == 1 && call.attempt() == 3) return;
      record.fail("busy", "come again");
      record.tell("status", 500 + call.attempt());
    });
  };
  Seen seen;
  seen.watch(pipeline, "out");
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(seen.texts == std::vector<std::string>{"0 status=503", "1"});
}

TEST_CASE("what would take a record past its limit is left away") {
  const std::string type = GENERATE(std::string("plain"), std::string("async"));
  Pipeline pipeline(around(2, one_of(type, "keep"), {}, "limits: { record: 64KiB }\n"), 2);
  const auto act = [](Record& record, Call&) {
    const std::size_t size = number_of(record) == 0 ? 60 * 1024 : 70 * 1024;
    const std::string big(size, 'x');
    record.fail("chosen", "on purpose", false);
    record.tell("big", std::string_view(big));
  };
  if (type == "plain") {
    stage_of<Scripted>(pipeline, "bad").act = act;
  } else {
    stage_of<ScriptedAsync>(pipeline, "bad").act = [act](Completion c) { c.done(act); };
  }
  std::vector<std::size_t> sizes;
  stage_of<ScriptedSink>(pipeline, "out").act = [&](Record& record) {
    sizes.push_back(record.has("big") ? record.get("big").as_text().size() : 0);
  };
  const Report report = run_guarded(pipeline);
  REQUIRE(report.status == RunStatus::ok);
  CHECK(sizes == std::vector<std::size_t>{60 * 1024, 0});
}

TEST_CASE("a record that has not failed has nothing to tell") {
  Pipeline pipeline(around(1, one_of("plain", "skip")), 2);
  stage_of<Scripted>(pipeline, "bad").act = [](Record& record, Call&) { record.tell("a", 1); };
  const Report report = run_guarded(pipeline);
  CHECK(errors_of(report, "bad", "exception") == 1);
}

}  // namespace weir::flow::test
