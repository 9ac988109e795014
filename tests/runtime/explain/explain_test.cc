#include "runtime/explain/explain.h"

#include "tests/compile/kit/shown_plan.h"

using namespace weir;
using namespace weir::cli;
using weir::fake::plan_of;

namespace {

std::string explained(const std::string& yaml) { return explanation(plan_of(yaml), 100); }

/// What is said of one stage, on one line.
std::string said_of(const std::string& stage, const std::string& yaml) {
  const std::string text = explanation(plan_of(yaml), 10'000);
  const std::size_t begin = text.find("\n" + stage + " (");
  REQUIRE(begin != text.npos);
  return text.substr(begin + 1, text.find("\n\n", begin) - begin);
}

const std::string kEnd = "  - uses: json.format\n  - { uses: file.write, with: { path: a } }\n";

}  // namespace

TEST_CASE("every stage is explained in the order of the file, and the output at the end") {
  CHECK(
      explained(R"(name: plain
limits: { threads: 2 }
stages:
  - { uses: file.read, with: { path: a } }
  - uses: json.parse
  - { uses: filter, with: { where: status }, when: status >= 400, on_error: keep }
  - uses: json.format
  - { uses: file.write, with: { path: b } }
)") ==
      R"(plain: 5 stages in 1 region, on 2 threads. At most 100,000 records and 256 MiB are in flight. A
record that takes more than 16 MiB in one stage is an error there.

read (file.read), a source
  order   Every record that it reads gets a place here and keeps it.
  errors  What it cannot read ends the run.
  memory  Its region holds at most 100,000 records and 256 MiB, with 'parse', 'filter', 'format' and
          'write'; when it is full, nothing more is read.
  threads One read at a time.

parse (json.parse), reads 'read'
  order   Keeps the order: its batches are put in order again.
  errors  A record that fails ends the run.
  memory  Shares the region of 'read'.
  threads On the run's 2 threads, several batches at once, in one node with 'filter' and 'format'.

filter, reads 'parse'
  order   Keeps the order: its batches are put in order again. Records without status >= 400 pass it
          by, in their place.
  errors  A record that fails goes on as it came, with 'record.error'.
  memory  Shares the region of 'read'.
  threads On the run's 2 threads, several batches at once, in one node with 'parse' and 'format'.

format (json.format), reads 'filter'
  order   Keeps the order: its batches are put in order again.
  errors  A record that fails ends the run.
  memory  Shares the region of 'read'.
  threads On the run's 2 threads, several batches at once, in one node with 'parse' and 'filter'.

write (file.write), reads 'format'
  order   Writes records in the order of 'read'.
  errors  A record that it cannot write ends the run.
  memory  Shares the region of 'read'.
  threads One batch at a time.

The output is deterministic: the same input gives the same bytes at any number of threads.
)");
}

TEST_CASE("a sink keeps no record that it cannot write") {
  const std::string text =
      explanation(plan_of("stages: [ { uses: file.read, with: { path: a } }, "
                          "{ uses: file.write, with: { path: b }, on_error: keep } ]"),
                  10'000);
  CHECK(text.find("A record that it cannot write is skipped, and counted: nothing goes on behind a "
                  "sink.") != std::string::npos);
}

TEST_CASE("of a stage that is called, all that bounds its calls is said") {
  const std::string text = said_of("ask", R"(shared: { rates: { api: 100/s } }
stages:
  - uses: generate
  - uses: delay
    name: ask
    workers: { min: 2, max: 8, policy: aimd, target: 50ms }
    rate: api
    timeout: 1s
    deadline: 5s
    on_deadline: skip
    retry: { attempts: 3, backoff: 10ms, max_backoff: 1s, jitter: none }
    hedge: { after: p95, extra: 2 }
    breaker: { failures: 4, within: 1s, cooldown: 3s }
    cost: size
    queue: { records: 10, when_full: drop_oldest }
)" + kEnd);
  for (const char* sentence :
       {"A record that fails ends the run. One that passes its deadline is skipped, and counted.",
        "A record has 5s from its first call on, all attempts and pauses together",
        "An attempt has 1s; past that it is given up, an error of kind 'timeout'.",
        "tried again, 3 attempts in all, after a pause of 10ms that doubles up to 1s.",
        "Beside an attempt that takes longer than p95, 2 more are made, for at most 5.0 % of",
        "Attempts begin at a rate of 100/s at most, shared as 'api'.",
        "After 4 failures within 1s calls fail at once for 3s.",
        "At most 10 records may wait for it; beyond that the oldest that waits is shed.",
        "at most 2 to 8 at once, fewer when one fails or they typically take longer than 50ms.",
        "No thread waits for an answer.", "as many times as its field 'size' says."}) {
    CHECK_THAT(text, Catch::Contains(sentence));
  }
}

TEST_CASE("a queue that sheds at random, or what is old, says so") {
  const std::string text = said_of("ask", R"(stages:
  - uses: generate
  - uses: delay
    name: ask
    queue: { when_full: drop_random, seed: 7, max_age: 5s }
    retry: { attempts: 2, max_retry_after: 1h }
)" + kEnd);
  for (const char* sentence :
       {"At most what its region holds may wait for it; beyond that one of those that wait or the "
        "new one is shed, chosen by a hash of its origin and the seed 7.",
        "What has waited for more than 5s when its turn comes is shed.",
        "What asks to wait for longer than 1h is not tried again."}) {
    CHECK_THAT(text, Catch::Contains(sentence));
  }
}

TEST_CASE("a merge says what it waits for, and which errors it makes") {
  const auto merged = [](const std::string& merge) {
    return said_of("both",
                   "stages:\n  - uses: generate\n  - { uses: generate, name: b }\n  - { "
                   "uses: set, name: both, from: [generate, b], with: { fields: { x: y } "
                   "}, merge: " +
                       merge + " }\n" + kEnd);
  };
  const std::string sorted = merged("{ policy: sorted, by: at, lateness: 2s, idle: 5s }");
  CHECK_THAT(sorted, Catch::StartsWith("both (set), reads 'generate' and 'b'\n  order   Takes the "
                                       "record with the smallest 'at' next; waits until"));
  CHECK_THAT(sorted, Catch::Contains("out of order by 2s."));
  CHECK_THAT(sorted, Catch::Contains("is an error of kind 'late'."));
  CHECK_THAT(sorted, Catch::Contains("silent for 5s is not waited for"));
  CHECK_THAT(merged("{ policy: weighted, weights: [1, 3] }"),
             Catch::Contains("in turns, 1 of 'generate' and 3 of 'b'; who has nothing"));
  CHECK_THAT(merged("concat"), Catch::Contains("waits for the end of each."));
  CHECK_THAT(merged("priority"), Catch::Contains("the first of its inputs that has a record"));
  const std::string first = said_of(
      "both",
      "stages:\n  - uses: generate\n  - { uses: filter, name: b, from: generate, with: { "
      "where: x } }\n  - { uses: set, name: both, from: [generate, b], with: { fields: { x: y "
      "} }, merge: first }\n" +
          kEnd);
  CHECK_THAT(first, Catch::Contains("in the place of that origin"));
  CHECK_THAT(first, Catch::Contains("an error of kind 'none_good', which names the error of each"));
}

TEST_CASE("a stage that is there for each stream says so") {
  const std::string yaml = R"(stages:
  - { uses: file.read, with: { path: a, streams: 3 } }
  - uses: json.parse
  - { uses: json.format, merge: concat }
  - { uses: file.write, with: { path: b } }
)";
  CHECK_THAT(said_of("read", yaml), Catch::Contains("It works on 3 streams, each by itself"));
  CHECK_THAT(said_of("read", yaml), Catch::Contains("further streams are 2 regions with quotas"));
  CHECK_THAT(said_of("parse", yaml), Catch::Contains("It works on 3 streams, each by itself"));
  CHECK_THAT(said_of("format", yaml), Catch::Contains("reads 'parse' (3 streams)\n"));
  CHECK_THAT(explained(yaml), !Catch::Contains("loop") && !Catch::Contains("pass "));
}

TEST_CASE("a loop says how often a record may go through it, and what then becomes of it") {
  const std::string yaml = R"(stages:
  - uses: generate
  - { uses: delay, name: step, from: [generate, again.retry], loop: { max: 3 } }
  - { uses: try, name: again, on_error: { to: rejects } }
  - { uses: json.format, from: again }
  - { uses: file.write, with: { path: a } }
  - { uses: json.format, name: rejects }
  - { uses: file.write, with: { path: b } }
)";
  CHECK_THAT(said_of("step", yaml),
             Catch::StartsWith(
                 "step (delay), reads 'generate', and again what comes back by 'again.retry'\n"));
  CHECK_THAT(said_of("step", yaml), Catch::Contains("goes through it at most 4 times"));
  CHECK_THAT(said_of("step", yaml), Catch::Contains("further passes are 3 regions with quotas"));
  CHECK_THAT(
      said_of("again", yaml),
      Catch::Contains("goes to 'rejects'. One that is still sent to 'retry' in the last pass "
                      "of the loop is an error of kind 'loop'."));
  CHECK_THAT(said_of("format", yaml), Catch::StartsWith("format (json.format), reads "
                                                        "'again.out' (4 passes)\n"));
  CHECK_THAT(said_of("rejects", yaml),
             Catch::StartsWith("rejects (json.format), reads the dead letters of 'again'\n"));
}

TEST_CASE("state says what bounds it and what happens when it is full") {
  const std::string text =
      said_of("hosts",
              "stages:\n  - uses: generate\n  - { uses: tally, name: hosts, order: key, key: { "
              "fields: [host], max: 1000, when_full: evict } }\n" +
                  kEnd);
  CHECK_THAT(text, Catch::Contains("64 MiB for all stages, and is for at most 1,000 keys; when "
                                   "that is full, the key that was unused longest is forgotten."));
  CHECK_THAT(text,
             Catch::Contains("Records with the same 'host' leave in the order in which they"));
  CHECK_THAT(text, Catch::Contains("Records of one key are called one after the other."));
}

TEST_CASE("a key says that its calls come one after the other") {
  const auto said = [](const std::string& keys) {
    return said_of("slow", "stages:\n  - uses: generate\n  - { uses: delay, name: slow" + keys +
                               " }\n" + kEnd);
  };
  const std::string one =
      "Calls for records with the same 'host' come one after the other, further";
  const std::string late =
      "After a call that was given up the next of its key waits until it has ended.";
  CHECK_THAT(said(", key: host"), Catch::Contains(one) && !Catch::Contains(late));
  CHECK_THAT(said(", key: host, order: none, timeout: 1s"),
             Catch::Contains(one) && Catch::Contains(late));
  CHECK_THAT(said(""), !Catch::Contains("one after the other"));
}

TEST_CASE("a pool is named with its threads") {
  CHECK_THAT(said_of("slow",
                     "shared: { pools: { heavy: { threads: 3 } } }\nstages:\n  - uses: "
                     "generate\n  - { uses: set, name: slow, pool: heavy, with: { fields: { "
                     "x: y } } }\n  - { uses: json.format, pool: heavy }\n  - { uses: "
                     "file.write, pool: heavy, with: { path: a } }\n"),
             Catch::Contains("On the 3 threads of pool 'heavy', several batches at once, in one "
                             "node with 'format'."));
}

TEST_CASE("what makes the output differ is listed by stage") {
  const std::string text = explained(
      "stages:\n  - uses: generate\n  - { uses: delay, timeout: 1s, order: none }\n" + kEnd);
  CHECK_THAT(
      text,
      Catch::EndsWith("\nThe output is not deterministic: two runs over the same input may differ, "
                      "by\n  'delay'  order none: records leave as they are done\n"
                      "  'delay'  timeout 1s: which attempts pass it depends on the clock\n"));
}

TEST_CASE("no line is longer than asked for where words can be broken") {
  const std::string text =
      explanation(plan_of("stages:\n  - uses: generate\n  - uses: delay\n" + kEnd), 60);
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  CHECK(longest <= 60);
}
