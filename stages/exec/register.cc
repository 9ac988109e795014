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
                    "Has a process answer each record: one that lives on, line by line, or one for "
                    "each record")
      .optional("mode", &O::mode,
                "lines: each of 'workers' has one process, which gets a line for a record and "
                "answers with a line; once: the command is run for each record")
      .required(
          "command", &O::command,
          "the program and its arguments as a list, or one text for /bin/sh -c; braces in it mean "
          "nothing to weir; with mode lines it must read whole lines and write each answer at "
          "once, not buffer it, one line too many is an error, and at the end its input ends, and "
          "it has a second before it is stopped")
      .optional("args", &O::args,
                "once: further arguments, each a template and never code; \"$1\", \"$2\" of a "
                "text for the shell")
      .optional(
          "input", &O::input,
          "the line to send, or with mode once all of its input; the text without; \"\" is no "
          "input for mode once")
      .optional("output", &O::output,
                "once: text takes all that it writes, less one line break at its end; records "
                "makes a record of each line, with the fields of its own, and ends a record for "
                "which nothing was written; text without")
      .optional("into", &O::into, "the field that gets the answer; it becomes the text without")
      .optional("accept_exit", &O::accept_exit,
                "once: the exit statuses, or ranges of them such as 0..9, of a good answer; 0 "
                "without; any other is an error of kind exec, with the last line of standard error")
      .optional("exit_into", &O::exit_into,
                "once: the field that gets the exit status, 128 + N after signal N, also of a "
                "record that is kept or becomes a dead letter for it")
      .optional("restart", &O::restart,
                "lines: the longest pause before a process is started again that dies without any "
                "answer; the first is 10ms; 1s without")
      .positional("command")
      .blocking()
      .asks([](const Exec& stage, const Record& record) { return stage.question(record); })
      .scratch<Exec::Scratch>()
      .kinds([](const O& o) {
        const bool field = o.into || o.exit_into;
        return Kinds{.needs_text = !o.input,
                     .gives_text = !o.into,
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
