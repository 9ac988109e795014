#include "runtime/report/worst_case.h"

#include <catch2/catch.hpp>

#include "graph/compile/load.h"
#include "weir/keyed.h"

using namespace weir;
using namespace weir::cli;

namespace {

class Read final : public weir::Source {
 public:
  bool read(weir::Feed&, weir::Stop) override { return false; }
};
class Pass final : public weir::Transform {
 public:
  void process(weir::Record&, weir::Call&) const override {}
};
class Ask final : public weir::AsyncTransform {
 public:
  void start(weir::Completion completion) override { completion.done(); }
};
class Tally final : public weir::KeyedTransform<int> {
 public:
  void process(weir::Record&, int&, weir::Call&) const override {}
};
class Write final : public weir::Sink {
 public:
  void write(weir::Batch&) override {}
};

class NoExpressions final : public detail::ExpressionLanguage {
 public:
  std::shared_ptr<const detail::CompiledExpression> compile(
      const weir::Node&, detail::ExpressionProblem&) const override {
    return nullptr;
  }
};

std::string worst_of(const std::string& text) {
  weir::Registry registry;
  weir::Kinds fields;
  fields.gives_fields = true;
  registry.add<Read>("read", "Reads.").kinds(fields);
  registry.add<Pass>("pass", "Nothing.");
  registry.add<Pass>("again", "Sends some back.").port("back");
  registry.add<Ask>("ask", "Waits.");
  registry.add<Tally>("tally", "Counts.");
  registry.add<Write>("write", "Writes.");
  const NoExpressions none;
  weir::compile::LoadOptions options;
  options.registry = &registry;
  options.expressions = &none;
  options.auto_threads = 4;
  const weir::compile::Loaded loaded = load_plan(text, "p.yaml", options);
  for (const text::Diagnostic& d : loaded.diagnostics) UNSCOPED_INFO(d.message);
  REQUIRE(loaded.plan);
  return worst_case(*loaded.plan, false);
}

}  // namespace

TEST_CASE("the worst case of a plain pipeline is its limits") {
  CHECK(worst_of("stages: [ { uses: read }, { uses: pass }, { uses: write } ]") ==
        "region  stages  records   memory  workers  may wait  order\n"
        "read         3  100,000  256 MiB        4    99,999  input\n"
        "all          3  100,000  256 MiB\n");
}

TEST_CASE("the worst case of a merge shows its policy and what it reads, passes of loops once") {
  CHECK(worst_of(R"(limits: { records: 5000, memory: 256MiB }
stages:
  - uses: read
  - name: other
    uses: read
  - name: both
    uses: pass
    from: [read, other]
    merge: { policy: weighted, weights: [1, 3] }
  - name: step
    uses: again
    from: [both, step.back]
    loop: { max: 2 }
  - uses: write
    from: step
)") == "region         stages  records    memory  workers  may wait  order  merges\n"
       "read                1      835  28.1 MiB        4       834  input\n"
       "other               1      832  28.1 MiB        4       831  input\n"
       "both                2      834  61.8 MiB        4       833  input  weighted: read, other\n"
       "step (pass 2)       1      832  41.5 MiB        4       831  input\n"
       "step (pass 3)       1      832  41.5 MiB        4       831  input\n"
       "write               1      835  55.0 MiB        4       834  input  arrival: step.out (3 "
       "passes)\n"
       "all                 7    5,000   256 MiB\n");
}

TEST_CASE("the worst case shows each region's quota, and what the state of keys takes") {
  CHECK(worst_of(R"(limits: { records: 4004, record: 1MiB, memory: 64MiB }
stages:
  - uses: read
    on_error: { to: rejects }
  - uses: ask
    order: none
    workers: 1000
  - uses: tally
    key: host
    workers: { min: 2, max: 8, policy: gradient }
  - uses: write
  - uses: write
    name: rejects
)") == "region                  stages  records    memory  workers  may wait  order\n"
       "read                         1    1,001  8.50 MiB        4     1,000  input\n"
       "ask                          1    1,001  14.5 MiB    1,000         0  none\n"
       "tally                        2    1,001  14.5 MiB   2 to 8         0  none\n"
       "rejects (dead letters)       1    1,001  10.5 MiB        4     1,000  input\n"
       "state of keys                              16 MiB\n"
       "all                          5    4,004    64 MiB\n");
}
