#include "runtime/cli.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstring>
#include <functional>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "graph/flow/memory/memory_fund.h"
#include "runtime/commands/check_command.h"
#include "runtime/commands/describe_command.h"
#include "runtime/commands/explain_command.h"
#include "runtime/commands/graph_command.h"
#include "runtime/commands/run_command.h"
#include "runtime/commands/schema_command.h"
#include "runtime/commands/try_command.h"
#include "runtime/process/last_words.h"
#include "runtime/process/runtime.h"

namespace weir::cli {
namespace {

/// The command line as CLI11 sees it, and the command to call after parsing.
class CommandLine {
 public:
  explicit CommandLine(Runtime& runtime)
      : runtime_(runtime),
        app_("weir runs pipelines that are declared in YAML: in parallel, in order, bounded.",
             "weir") {
    app_.set_version_flag("--version", "weir " WEIR_VERSION);
    app_.get_option("--help")->description("Show this help");
    app_.get_option("--version")->description("Show the version");
    app_.require_subcommand(0, 1);
    app_.footer("'weir COMMAND --help' says more. 'weir list' shows the stage types.");
    add_run();
    add_try();
    add_check();
    add_graph();
    add_explain();
    add_list();
    add_describe();
    add_schema();
  }

  int parse_and_call(int argc, char** argv) {
    if (argc > 1 && !known_command(argv[1])) return 2;
    const int own = take_files(argc, argv);
    try {
      app_.parse(own, argv);
    } catch (const CLI::ParseError& e) {
      if (e.get_exit_code() != 0) return usage_error(e.what());
      std::ostringstream text;
      app_.exit(e, text, text);
      return runtime_.print(text.str());
    }
    return action_ ? action_() : runtime_.print(app_.help());
  }

 private:
  /// Takes off what stands behind `--` after an `-e`: files, whatever they are called. Returns how
  /// many arguments are left.
  int take_files(int argc, char** argv) {
    bool is_inline = false;
    for (int i = 1; i < argc; ++i) {
      const std::string_view argument = argv[i];
      if (argument == "--") {
        if (!is_inline) return argc;
        files_.assign(argv + i + 1, argv + argc);
        return i;
      }
      // The text of `-e` may be anything.
      if (argument == "-e") ++i;
      is_inline = is_inline || argument.starts_with("-e");
    }
    return argc;
  }

  CLI::App* add(const std::string& name, const std::string& about, std::function<int()> action) {
    CLI::App* command = app_.add_subcommand(name, about);
    command->get_option("--help")->description("Show this help");
    command->callback([this, action] { action_ = action; });
    return command;
  }

  /// Adds FILE or -e, and parameters, which several commands share. CLI11's own help would end the
  /// parse before FILE is known, but the help includes FILE's parameters.
  void add_pipeline(CLI::App* command, PipelineChoice& choice, bool& help) {
    command->set_help_flag();
    command->add_flag("-h,--help", help, "Show this help; with FILE its parameters too");
    command->add_option("FILE", choice.file, "Pipeline file; with -e what it reads, also several")
        ->type_name("");
    command->add_option("-e", choice.inline_text, "Pipeline in one line: 'TYPE VALUE | TYPE ...'")
        ->type_name("PIPELINE");
    add_no_plugins(command);
    command->add_option("--set", choice.sets, "Set a parameter of FILE; also --NAME=VALUE")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    command->allow_extras();
  }

  void add_no_plugins(CLI::App* command) {
    command->add_flag_callback(
        "--no-plugins", [this] { runtime_.forbid_plugins(); },
        "Load no code that FILE names under 'plugins'");
  }

  void add_run() {
    CLI::App* command = add("run", "Run a pipeline", [this] { return run(); });
    add_pipeline(command, run_.pipeline, help_);
    add_threads(command, run_.threads);
    command->add_flag("-q,--quiet", run_.quiet, "Say only what went wrong");
    command->add_flag("-v,--verbose", run_.verbose, "Log and report more");
    command->add_flag("--strict", run_.strict,
                      "Exit with 3 if a record was skipped, kept, dead-lettered or shed");
    command->add_option("--errors", run_.errors, "Write every error there, as NDJSON")
        ->type_name("FILE");
    command->add_option("--chaos", run_.chaos, "Inject faults into calls; see below")
        ->type_name("FAULTS");
    command->add_option("--chaos-stage", run_.chaos_stages, "... of this stage only; repeatable")
        ->type_name("NAME")
        ->allow_extra_args(false);
    command->add_flag("--print-yaml", run_.print_yaml, "Print the file that -e stands for");
    command->footer(
        "Example:\n  weir run -e 'json.parse | filter status >= 400 | csv.format time,path' < in "
        "> out\n\nFAULTS: how likely each is, for each attempt at a record; the same seed gives "
        "the "
        "same faults:\n  --chaos latency=0.1:5ms..50ms,error=0.01,hang=0.001,kill=0.0001,seed=7\n"
        "A latency is fixed (10ms), uniform (5ms..50ms) or exponential (~20ms).\n\nExit codes: 0 "
        "ok, 1 failed, 2 wrong file or usage, 3 with --strict, 128 + N "
        "ended by signal N (130 Ctrl-C, 143 SIGTERM).");
  }

  void add_try() {
    CLI::App* command = add("try", "Show the first records before and after every stage",
                            [this] { return try_pipeline(); });
    add_pipeline(command, try_.pipeline, help_);
    command->add_flag("--calls", try_.calls, "Ask services and processes; else only show what");
    command->add_option("-n", try_.records, "How many records")
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description("1 to 1000"))
        ->capture_default_str();
    command->footer("No sink writes anything.");
  }

  void add_check() {
    CLI::App* command = add("check", "Show every mistake of pipeline files",
                            [this] { return check_command(runtime_, check_); });
    command->add_option("FILE", check_.files, "Pipeline files")->type_name("")->required();
    add_no_plugins(command);
    command->add_option("--set", check_.sets, "Set a parameter of the files")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
  }

  void add_threads(CLI::App* command, int& threads) {
    command->add_option("--threads", threads, "Threads; else what the file says")
        ->type_name("N")
        ->check(CLI::Range(1, 1024).description("1 to 1024"));
  }

  void add_graph() {
    CLI::App* command = add("graph", "Draw a pipeline as it will run", [this] { return graph(); });
    add_pipeline(command, graph_.pipeline, help_);
    add_threads(command, graph_.threads);
    command->add_flag("--dot", graph_.dot, "Print Graphviz DOT instead of Mermaid");
    command->add_flag("--svg", graph_.svg, "Print SVG; needs Graphviz");
    command->add_option("-o", graph_.output, "Write there, not to standard output")
        ->type_name("OUT");
    command->footer(
        "A box is a region of the plan: it has numbers, records and memory of its own.\n"
        "Example:\n  weir graph pipeline.yaml --svg -o pipeline.svg");
  }

  void add_explain() {
    CLI::App* command = add("explain", "Say what each stage does about order, errors, time, memory",
                            [this] { return explain(); });
    add_pipeline(command, explain_.pipeline, help_);
    add_threads(command, explain_.threads);
    command->footer("At the end: whether the same input always gives the same output.");
  }

  void add_list() {
    add("list", "List the stage types", [this] { return list_command(runtime_); });
  }

  void add_describe() {
    CLI::App* command = add("describe", "Show a stage type's options and an example",
                            [this] { return describe_command(runtime_, describe_); });
    command->add_option("TYPE", describe_.type, "Stage type, as 'weir list' shows it")
        ->type_name("");
    command->add_flag("--markdown", describe_.markdown, "Print the whole reference");
  }

  void add_schema() {
    CLI::App* command = add("schema", "Print a JSON Schema of pipeline files, for editors",
                            [this] { return schema_command(runtime_, schema_); });
    command->add_option("FILE", schema_.file, "Pipeline file whose plugins count, too")
        ->type_name("");
    add_no_plugins(command);
    command->footer(
        "Example:\n  weir schema > weir.schema.json\nand as the first line of a pipeline:\n"
        "  # yaml-language-server: $schema=weir.schema.json");
  }

  bool known_command(const std::string& word) {
    if (word.starts_with('-')) return true;
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands({})) {
      if (command->get_name() == word) return true;
      names.push_back(command->get_name());
    }
    std::string hint = did_you_mean(word, names);
    if (word.ends_with(".yaml") || word.ends_with(".yml"))
      hint = "did you mean 'weir run " + word + "'?";
    runtime_.complain("unknown command '" + word + "'",
                      hint.empty() ? "'weir --help' shows the commands" : hint);
    return false;
  }

  int usage_error(const std::string& message) {
    const auto used = app_.get_subcommands();
    const std::string name = used.empty() ? "weir" : "weir " + used.front()->get_name();
    runtime_.complain(message, "'" + name + " --help' says more");
    return 2;
  }

  /// Handles what CLI11 cannot: the help, and the choice between FILE and -e. Returns the exit code
  /// if the command is done with that.
  std::optional<int> settle(const std::string& name, PipelineChoice& choice) {
    CLI::App* command = app_.get_subcommand(name);
    choice.is_inline = command->count("-e") > 0;
    choice.unknown = command->remaining();
    choice.known = long_options(*command);
    if (help_) {
      const int printed = runtime_.print(app_.help());
      return choice.file.empty() || printed != 0 ? printed : show_params(runtime_, choice);
    }
    if (choice.is_inline) take_files(choice);
    if (!choice.is_inline && choice.file.empty()) return usage_error("missing FILE or -e");
    if (!choice.is_inline && misunderstood(*command, choice)) return 2;
    return std::nullopt;
  }

  /// Makes files of what CLI11 took for FILE and for arguments that it does not know.
  void take_files(PipelineChoice& choice) {
    if (!choice.file.empty()) choice.files.push_back(std::exchange(choice.file, {}));
    std::erase_if(choice.unknown, [&](const std::string& word) {
      if (word.starts_with('-') && word != "-") return false;
      choice.files.push_back(word);
      return true;
    });
    choice.files.insert(choice.files.end(), files_.begin(), files_.end());
  }

  /// Rejects arguments that are wrong whatever the file contains. In `--thraeds 3 FILE`, CLI11
  /// takes 3 for the file.
  bool misunderstood(const CLI::App& command, const PipelineChoice& choice) {
    std::vector<std::string> options;
    std::vector<std::string> others;
    for (const std::string& word : choice.unknown) {
      const bool option = word.starts_with('-') && word != "-";
      if (!option) others.push_back(word);
      if (option && word.find('=') == word.npos) options.push_back(word);
    }
    if (!options.empty()) {
      // If the file can be read, it may have parameters of these names.
      if (::access(choice.file.c_str(), R_OK) == 0) return false;
      for (const std::string& option : options) unknown_option(command, option);
      return true;
    }
    for (const std::string& word : others) {
      runtime_.complain("unexpected argument '" + word + "'");
    }
    return !others.empty();
  }

  static std::vector<std::string> long_options(const CLI::App& command) {
    std::vector<std::string> names;
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
  }

  void unknown_option(const CLI::App& command, const std::string& word) {
    const std::string hint = did_you_mean(word, long_options(command));
    runtime_.complain("unknown option '" + word + "'",
                      hint.empty() ? "a parameter of FILE is set with --NAME=VALUE" : hint);
  }

  int run() {
    if (const auto code = settle("run", run_.pipeline)) return *code;
    if (!run_.chaos_stages.empty() && run_.chaos.empty()) {
      return usage_error("--chaos-stage needs --chaos");
    }
    if (run_.quiet && run_.verbose) return usage_error("expected --quiet or --verbose, got both");
    if (run_.print_yaml && !run_.pipeline.is_inline) {
      return usage_error("--print-yaml needs -e");
    }
    return run_command(runtime_, run_);
  }

  int try_pipeline() {
    if (const auto code = settle("try", try_.pipeline)) return *code;
    return try_command(runtime_, try_);
  }

  int graph() {
    if (const auto code = settle("graph", graph_.pipeline)) return *code;
    if (graph_.dot && graph_.svg) return usage_error("expected --dot or --svg, got both");
    return graph_command(runtime_, graph_);
  }

  int explain() {
    if (const auto code = settle("explain", explain_.pipeline)) return *code;
    return explain_command(runtime_, explain_);
  }

  Runtime& runtime_;
  CLI::App app_;
  std::function<int()> action_;
  RunArguments run_;
  TryArguments try_;
  CheckArguments check_;
  GraphArguments graph_;
  ExplainArguments explain_;
  DescribeArguments describe_;
  SchemaArguments schema_;
  std::vector<std::string> files_;  ///< What stands behind `--` after an `-e`.
  bool help_ = false;
};

/// Reports a failure of the program itself, without a console, which may lack the memory it needs.
int fail(const char* why) {
  for (const char* const part : {"weir: failed: ", why, "\n"}) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, part, std::strlen(part));
  }
  return 1;
}

}  // namespace

int run_cli(int argc, char** argv) {
  // A reader that is gone, or a file that may not grow, is an error of the write, and must not end
  // the process.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  flow::lay_memory_by();
  const LastWords last_words;
  try {
    Runtime runtime;
    return CommandLine(runtime).parse_and_call(argc, argv);
  } catch (const std::bad_alloc&) {
    return fail("the system refuses memory");
  } catch (const std::system_error& e) {
    return fail(("the system refuses: " + std::string(e.what())).c_str());
  } catch (const std::exception& e) {
    return fail(e.what());
  }
}

}  // namespace weir::cli
