#include "runtime/inline_pipeline.h"

#include <algorithm>

#include "graph/spec/pipeline_spec.h"
#include "graph/text/source_text.h"
#include "runtime/inline_scan.h"
#include "runtime/yaml_text.h"

namespace weir {
namespace {

class InlineReader {
 public:
  InlineReader(std::string_view text, const Registry& registry)
      : text_(text), source_(text), registry_(registry) {}

  InlinePipeline read() {
    if (const ScanProblem problem = check_pairs(text_); !problem.message.empty()) {
      complain(text_.substr(problem.offset, 1), problem.message,
               "put a value with unpaired quotes or brackets in quotes");
      return std::move(result_);
    }
    const std::vector<std::string_view> stages = split_outside(text_, '|');
    result_.yaml = "stages:\n";
    const Role first = role_of(stages.front());
    if (first != Role::source) result_.yaml += kRead;
    for (const std::string_view stage : stages) write_stage(stage);
    if (role_of(stages.back()) != Role::sink) result_.yaml += kWrite;
    return std::move(result_);
  }

 private:
  static constexpr std::string_view kRead = "  - uses: file.read\n    with:\n      path: \"-\"\n";
  static constexpr std::string_view kWrite = "  - uses: file.write\n    with:\n      path: \"-\"\n";

  void complain(std::string_view where, std::string message, std::string hint = {}) {
    Diagnostic diagnostic;
    diagnostic.file = "-e";
    diagnostic.mark = source_.mark(static_cast<std::size_t>(where.data() - text_.data()),
                                   std::max<std::size_t>(where.size(), 1));
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    result_.diagnostics.push_back(std::move(diagnostic));
  }

  static std::string_view first_word(std::string_view stage) {
    return stage.substr(0, stage.find_first_of(" \t\r\n"));
  }

  Role role_of(std::string_view stage) const {
    const TypeSpec* type = registry_.find(first_word(stage));
    return type ? type->role : Role::transform;
  }

  void write_stage(std::string_view stage) {
    if (stage.empty()) return complain(stage, "expected a stage type, got nothing");
    const std::string_view name = first_word(stage);
    result_.yaml += "  - uses: " + yaml_scalar(name) + "\n";
    const TypeSpec* type = registry_.find(name);
    if (!type) return;  // Whoever reads the YAML says so, with the nearest name.
    const std::string_view rest = trimmed(stage.substr(name.size()));
    if (!rest.empty()) write_options(*type, rest);
  }

  /// Words at the end that set an option of the type or a key of the stage by name.
  struct Named {
    const OptionSpec* option = nullptr;
    std::string_view value;
  };

  static const OptionSpec* stage_key(std::string_view name) {
    for (const OptionSpec& key : stage_keys()) {
      if (key.name == name && name != "uses" && name != "with") return &key;
    }
    return nullptr;
  }

  /// Takes such words off `words`; options and keys in the order in which they stand.
  static void take_named(const TypeSpec& type, std::vector<std::string_view>& words,
                         std::vector<Named>& options, std::vector<Named>& keys) {
    for (; !words.empty(); words.pop_back()) {
      const std::string_view word = words.back();
      const std::size_t colon = word.find(':');
      if (colon == word.npos || colon + 1 == word.size()) break;
      const std::string_view name = word.substr(0, colon);
      if (const OptionSpec* option = type.option(name)) {
        options.insert(options.begin(), {option, word.substr(colon + 1)});
      } else if (const OptionSpec* key = stage_key(name)) {
        keys.insert(keys.begin(), {key, word.substr(colon + 1)});
      } else {
        break;
      }
    }
  }

  void write_options(const TypeSpec& type, std::string_view rest) {
    std::vector<std::string_view> words = words_outside(rest);
    std::vector<Named> options;
    std::vector<Named> keys;
    take_named(type, words, options, keys);
    for (const Named& key : keys) write_option("    ", *key.option, key.value);
    if (!words.empty()) {
      const auto end = static_cast<std::size_t>(words.back().end() - rest.begin());
      const std::string_view value = rest.substr(0, end);
      if (type.options.empty()) {
        return complain(value, "'" + type.name + "' takes no options");
      }
      options.insert(options.begin(), {&main_option(type), value});
    }
    if (!options.empty()) result_.yaml += "    with:\n";
    for (const Named& option : options) write_option("      ", *option.option, option.value);
  }

  static const OptionSpec& main_option(const TypeSpec& type) {
    const OptionSpec* option = type.option(type.positional);
    return option ? *option : type.options.front();
  }

  void write_option(const std::string& indent, const OptionSpec& option, std::string_view value) {
    result_.yaml += indent + option.name + ":";
    if (option.type.starts_with("list of ")) {
      write_list(option, value);
    } else if (option.type.starts_with("map of ")) {
      write_map(indent + "  ", option, value);
    } else {
      result_.yaml += " " + scalar(option, value) + "\n";
    }
  }

  void write_list(const OptionSpec& option, std::string_view value) {
    std::string items;
    for (const std::string_view item : split_outside(value, ',')) {
      if (item.empty()) return complain(item, "expected a value between commas, got nothing");
      items += (items.empty() ? "" : ", ") + scalar(option, item, true);
    }
    result_.yaml += " [" + items + "]\n";
  }

  void write_map(const std::string& indent, const OptionSpec& option, std::string_view value) {
    result_.yaml += "\n";
    for (const std::string_view item : split_outside(value, ',')) {
      const std::size_t equals = item.find('=');
      if (equals == item.npos) {
        return complain(item, "expected name = value, got '" + std::string(item) + "'");
      }
      const std::string_view name = trimmed(item.substr(0, equals));
      result_.yaml += indent + scalar(option, name) + ": ";
      result_.yaml += scalar(option, trimmed(item.substr(equals + 1))) + "\n";
    }
  }

  /// Quotes belong to an expression, and hold together anything else.
  static std::string scalar(const OptionSpec& option, std::string_view value,
                            bool in_flow = false) {
    if (!option.type.ends_with("expression")) is_quoted(value, value);
    return yaml_scalar(value, in_flow);
  }

  std::string_view text_;
  SourceText source_;
  const Registry& registry_;
  InlinePipeline result_;
};

}  // namespace

InlinePipeline read_inline_pipeline(std::string_view text, const Registry& registry) {
  return InlineReader(text, registry).read();
}

}  // namespace weir
