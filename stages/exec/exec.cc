#include "stages/exec/exec.h"

#include <memory>
#include <string>
#include <string_view>

#include "weir/error.h"
#include "weir/template_text.h"

namespace weir::stages::exec {
namespace {

constexpr std::size_t kMostArgs = 1000;
constexpr int kMostExit = 255;
constexpr Duration kRestart = std::chrono::seconds(1);

void check_name(const char* option, const std::optional<std::string>& name) {
  if (name && name->empty()) throw OptionError(option, "expected a name, got empty text");
}

/// Rejects options of the other mode.
void check_mode(const ExecOptions& options) {
  const bool once = options.mode == Mode::once;
  const auto needs_once = [once](const char* option, bool there) {
    if (there && !once) {
      throw OptionError(option, "'" + std::string(option) + "' needs 'mode: once'");
    }
  };
  needs_once("args", !options.args.empty());
  needs_once("output", options.output.has_value());
  needs_once("accept_exit", options.accept_exit.has_value());
  needs_once("exit_into", options.exit_into.has_value());
  if (once && options.restart) throw OptionError("restart", "'mode: once' takes no 'restart'");
}

void check(const ExecOptions& options) {
  check_name("into", options.into);
  check_name("exit_into", options.exit_into);
  check_mode(options);
  if (options.output == Output::records && options.into) {
    throw OptionError("into", "'output: records' takes no 'into'");
  }
  if (options.args.size() > kMostArgs) {
    throw OptionError("args", "expected 0 to " + std::to_string(kMostArgs) + " arguments, got " +
                                  std::to_string(options.args.size()));
  }
  if (!options.accept_exit) return;
  for (const NumberRange& range : *options.accept_exit) {
    if (range.first >= 0 && range.last <= kMostExit) continue;
    throw OptionError("accept_exit", "expected 0 to " + std::to_string(kMostExit) + ", got " +
                                         OptionType<NumberRange>::show(range));
  }
}

}  // namespace

Exec::Exec(const ExecOptions& options) : options_(options) {
  check(options_);
  if (options_.mode == Mode::once) once_.emplace(options_);
  terms_->words = options_.command.words;
  terms_->restart = options_.restart.value_or(kRestart);
}

void Exec::open(Context& context) {
  program_ = find_program(terms_->words.front());
  if (!terms_->guard) terms_->guard = std::make_unique<Guard>();
  if (once_) return once_->open(program_, context.record_limit(), *terms_->guard);
  terms_->limit = context.record_limit();
  terms_->restarts = &context.counter("restarts");
  terms_->context = &context;
}

void Exec::close() {
  if (roster_->end_all()) return;
  throw Error("exec",
              "a process wrote more lines than it was asked for: its answers may be those of other "
              "records");
}

std::string Exec::question(const Record& record) const {
  if (once_) return once_->question(record);
  return options_.input ? rendered(*options_.input, record) : std::string(record.text());
}

void Exec::process(Record& record, Call& call) const {
  if (once_) return once_->process(record, call);
  const std::string made = options_.input ? rendered(*options_.input, record) : "";
  const std::string_view line = options_.input ? made : record.text();
  if (line.find('\n') != std::string_view::npos) {
    const std::string what = options_.input ? "what 'input' makes" : "the text";
    return record.fail("line", what + " has a line break, and a process gets one line for a record",
                       false);
  }
  std::string_view answer;
  if (!call.scratch<Scratch>().worker->ask(line, record, call, answer)) return;
  if (options_.into) {
    record.set(FieldName::lasting(*options_.into), answer);
  } else {
    record.set_text(answer);
  }
}

}  // namespace weir::stages::exec
