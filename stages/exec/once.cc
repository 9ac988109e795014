#include "stages/exec/once.h"

#include <algorithm>

#include "stages/exec/command_run.h"
#include "weir/error.h"
#include "weir/template_text.h"

namespace weir::stages::exec {
namespace {

/// The longest argument that Linux takes (MAX_ARG_STRLEN), without the NUL at its end.
constexpr std::size_t kLongestArgument = 128 * 1024 - 1;

/// Throws Error if no program can be given this argument.
void check_argument(std::string_view argument, std::size_t number) {
  const std::string what = "argument " + std::to_string(number);
  if (argument.find('\0') != std::string_view::npos) {
    throw Error("exec", what + " has a NUL, at which it would end", false);
  }
  if (argument.size() > kLongestArgument) {
    throw Error("exec",
                what + " has " + std::to_string(argument.size()) + " bytes, of at most " +
                    std::to_string(kLongestArgument),
                false);
  }
}

}  // namespace

Once::Once(const ExecOptions& options)
    : options_(options), words_(options.command.words), accept_({{0, 0}}) {
  // The arguments begin with "$1"; what is filled into the command has its "$0" already.
  if (options.command.shell && words_.size() == 3) words_.push_back(words_[0]);
  if (options.accept_exit) accept_ = *options.accept_exit;
}

void Once::open(const std::string& program, std::size_t limit, const Guard& guard) {
  program_ = &program;
  limit_ = limit;
  guard_ = &guard;
}

std::vector<std::string> Once::words(const Record& record) const {
  std::vector<std::string> words = words_;
  words.reserve(words.size() + options_.args.size());
  for (std::size_t i = 0; i < options_.args.size(); ++i) {
    words.push_back(rendered(options_.args[i], record));
    check_argument(words.back(), i + 1);
  }
  return words;
}

std::string Once::input(const Record& record) const {
  return options_.input ? rendered(*options_.input, record) : std::string(record.text());
}

std::string Once::question(const Record& record) const {
  std::string text = options_.command.text;
  for (const Template& arg : options_.args) text += " " + in_quotes(rendered(arg, record));
  const std::string in = input(record);
  return in.empty() ? text : text + "\n" + in;
}

void Once::process(Record& record, Call& call) const {
  const std::string made = options_.input ? rendered(*options_.input, record) : "";
  const std::string_view input = options_.input ? made : record.text();
  CommandRun run(*program_, words(record), input, limit_, *guard_);
  switch (run.finish(call)) {
    case CommandRun::Result::stopped:
      return record.fail("exec", "the call was cancelled");
    case CommandRun::Result::too_long:
      return record.fail("too_big", "the output of the command passed limits.record", false);
    case CommandRun::Result::ended:
      break;
  }
  const int status = run.status();
  if (any_holds(accept_, status)) return answer(run.output(), status, record, call);
  record.fail("exec", "the command " + run.fate());
  if (options_.exit_into) record.tell(FieldName::lasting(*options_.exit_into), Value(status));
}

/// Takes over what the command has written.
void Once::answer(std::string_view output, int status, Record& record, Call& call) const {
  if (options_.exit_into) record.set(FieldName::lasting(*options_.exit_into), Value(status));
  if (options_.output == Output::records) {
    if (output.empty()) return record.drop();
    while (!output.empty()) {
      const std::size_t end = std::min(output.find('\n'), output.size());
      call.emit_copy(record).set_text(output.substr(0, end));
      output.remove_prefix(std::min(end + 1, output.size()));
    }
    return;
  }
  if (output.ends_with('\n')) output.remove_suffix(1);
  if (options_.into) {
    record.set(FieldName::lasting(*options_.into), Value(output));
  } else {
    record.set_text(output);
  }
}

}  // namespace weir::stages::exec
