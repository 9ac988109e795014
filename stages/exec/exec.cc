#include "stages/exec/exec.h"

#include <memory>
#include <string>
#include <string_view>

#include "weir/error.h"
#include "weir/value_text.h"

namespace weir::stages::exec {

Exec::Exec(const ExecOptions& options) : options_(options) {
  if (options.into && options.into->empty()) {
    throw OptionError("into", "expected a field, got empty text");
  }
  terms_->words = options.command.words;
  terms_->restart = options.restart;
}

void Exec::open(Context& context) {
  exec::check_runnable(terms_->words.front());
  if (!terms_->guard) terms_->guard = std::make_unique<exec::Guard>();
  terms_->limit = context.record_limit();
  terms_->restarts = &context.counter("restarts");
}

void Exec::close() {
  if (roster_->end_all()) return;
  throw Error("exec",
              "a process wrote more lines than it was asked for: its answers may be those of other "
              "records");
}

std::string Exec::question(const Record& record) const {
  return options_.input ? rendered(*options_.input, record) : std::string(record.text());
}

void Exec::process(Record& record, Call& call) const {
  const std::string made = options_.input ? rendered(*options_.input, record) : "";
  const std::string_view line = options_.input ? made : record.text();
  if (line.find('\n') != std::string_view::npos) {
    const std::string what = options_.input ? "what 'input' makes" : "the text";
    return record.fail("line", what + " has a line break, and a process gets one line for a record",
                       false);
  }
  std::string_view answer;
  if (!call.scratch<Scratch>().ask(line, record, call, answer)) return;
  if (options_.into) {
    record.set(FieldName::lasting(*options_.into), answer);
  } else {
    record.set_text(answer);
  }
}

}  // namespace weir::stages::exec
