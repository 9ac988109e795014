#include "stages/builtin.h"
#include "stages/wait/delay.h"

namespace weir::stages::wait {

void add_wait_stages(Registry& registry);  // called by stages/builtin.cc

}  // namespace weir::stages::wait

namespace weir::stages {

void add_wait_stages(Registry& registry) {
  using namespace wait;
  using O = DelayOptions;
  registry.add<Delay, O>("delay", "Lets each record wait, then passes it on unchanged")
      .optional("for", &O::time,
                "how long: always the same (100ms), evenly between two times (1ms..100ms), or "
                "exponential with a mean (~20ms)")
      .optional("field", &O::field,
                "the field that says how long: milliseconds as a number, or a duration as text; "
                "instead of 'for'")
      .optional("seed", &O::seed,
                "what chance begins with: the same seed gives each record the same time, whatever "
                "else runs")
      .positional("for")
      .idempotent()
      .example(R"(stages:
  - uses: generate
    with: { count: 100, format: text }
  - uses: delay
    with: { for: 1ms..20ms }
    workers: 100
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages
