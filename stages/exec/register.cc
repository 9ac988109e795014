#include "stages/builtin.h"
#include "stages/exec/exec.h"

namespace weir::stages::exec {

void add_exec_stages(Registry& registry);  // called by stages/builtin.cc

}  // namespace weir::stages::exec

namespace weir::stages {

void add_exec_stages(Registry& registry) {
  using namespace exec;
  using O = ExecOptions;
  registry
      .add<Exec, O>("exec",
                    "Has a process answer each record: it gets a line and answers with a line")
      .required(
          "command", &O::command,
          "the program and its arguments as a list, or one text for /bin/sh -c; each of "
          "'workers' has a process of its own, which must read whole lines and write each answer "
          "at once, not buffer it; one line too many is an error; at the end its input ends, and "
          "it has a second before it is stopped")
      .optional("input", &O::input, "the line to send; the text without")
      .optional("into", &O::into, "the field that gets the answer; it becomes the text without")
      .optional("restart", &O::restart,
                "the longest pause before a process is started again that dies without any "
                "answer; the first is 10ms")
      .positional("command")
      .blocking()
      .asks([](const Exec& stage, const Record& record) { return stage.question(record); })
      .scratch<Exec::Scratch>()
      .kinds([](const O& o) {
        const bool field = o.into.has_value();
        return Kinds{.needs_text = !o.input,
                     .gives_text = !field,
                     .gives_fields = field,
                     .changes_fields = field};
      })
      .example(R"(stages:
  - uses: generate
    with: { count: 5, format: text, text: "{n} + {n}" }
  - uses: exec
    with:
      command: while read -r sum; do echo $(($sum)); done
    workers: 2
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages
