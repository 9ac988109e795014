#include "stages/exec/exec.h"
#include "weir/value_text.h"

#include <string>
#include <string_view>

namespace weir {

Exec::Exec(const ExecOptions& options) : options_(options) {
  if (options.into && options.into->empty()) {
    throw OptionError("into", "expected a field, got empty text");
  }
  terms_->words = options.command.words;
  terms_->restart = options.restart;
}

void Exec::open(Context& context) {
  exec::check_runnable(terms_->words.front());
  terms_->limit = context.record_limit();
  terms_->restarts = &context.counter("restarts");
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
    record.set(*options_.into, answer);
  } else {
    record.set_text(answer);
  }
}

}  // namespace weir
