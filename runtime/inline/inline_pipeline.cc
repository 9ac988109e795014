#include "runtime/inline/inline_pipeline.h"

#include <algorithm>

#include "graph/compile/keys/pipeline_spec.h"
#include "graph/text/edit_distance.h"
#include "graph/text/source_text.h"
#include "runtime/inline/inline_scan.h"
#include "runtime/inline/yaml_text.h"

namespace weir::cli {
namespace {

/// Reads the text of `-e`, and writes the YAML that it stands for.
class InlineReader {
 public:
  InlineReader(std::string_view text, const Registry& registry,
               const std::vector<std::string>& files)
      : text_(text), source_(text), registry_(registry), files_(files) {}

  InlinePipeline read() {
    if (const ScanProblem problem = check_pairs(text_); !problem.message.empty()) {
      const bool quote = text_[problem.offset] == '\'';
      complain(
          text_.substr(problem.offset, 1), problem.message,
          quote ? "in a shell: '\\''" : "put a value with unpaired quotes or brackets in quotes");
      return std::move(result_);
    }
    const std::vector<std::string_view> stages = split_outside(text_, '|');
    result_.yaml = "stages:\n";
    const Role first = role_of(stages.front());
    if (first != Role::source) {
      write_read();
    } else if (!files_.empty()) {
      const std::string_view name = first_word(stages.front());
      complain(name, "'" + std::string(name) + "' takes no files");
    }
    for (const std::string_view stage : stages) write_stage(stage);
    if (role_of(stages.back()) != Role::sink) result_.yaml += kWrite;
    return std::move(result_);
  }

 private:
  static constexpr std::string_view kWrite = "  - uses: file.write\n    with:\n      path: \"-\"\n";

  /// Writes the source: the files, or standard input.
  void write_read() {
    std::string paths;
    for (const std::string& file : files_) {
      paths += (paths.empty() ? "" : ", ") + yaml_scalar(literal(file), true);
    }
    result_.yaml += "  - uses: file.read\n    with:\n      path: ";
    result_.yaml += files_.empty() ? "\"-\"" : "[" + paths + "]";
    result_.yaml += "\n";
  }

  /// Returns a path of file.read that names this file alone.
  static std::string literal(std::string_view file) {
    std::string path;
    for (std::size_t i = 0; i < file.size(); ++i) {
      if (std::string_view("*?[\\").find(file[i]) != std::string_view::npos) path += '\\';
      if (file.substr(i, 2) == "${") path += "$";
      path += file[i];
    }
    return path;
  }

  void complain(std::string_view where, std::string message, std::string hint = {}) {
    text::Diagnostic diagnostic;
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
    if (!type) return;  // The compiler reports it, with the nearest name.
    const std::string_view rest = trimmed(stage.substr(name.size()));
    if (!rest.empty()) write_options(*type, rest);
  }

  /// A word at either end that sets an option of the type or a key of the stage by name.
  struct Named {
    const OptionSpec* option = nullptr;
    std::string_view value;
  };

  static const OptionSpec* stage_key(std::string_view name) {
    for (const OptionSpec& key : compile::stage_keys()) {
      if (key.name == name && name != "uses" && name != "with") return &key;
    }
    return nullptr;
  }

  /// All such words of a stage.
  struct Settings {
    std::vector<Named> options;
    std::vector<Named> keys;
  };

  static bool is_option_name(std::string_view word) {
    return !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == word.npos;
  }

  /// Returns the end of the name in `name=value`; npos if the word is not of that form.
  static std::size_t end_of_name(std::string_view word) {
    const std::size_t equals = word.find('=');
    if (equals == word.npos || !is_option_name(word.substr(0, equals))) return word.npos;
    return word.substr(equals, 2) == "==" ? word.npos : equals;
  }

  /// Where a word stands: before the value, behind it, or behind the entries of a map, of which it
  /// can be none, since no comma stands before it.
  enum class At : std::uint8_t { front, back, behind_entries };

  static bool is_map(const TypeSpec& type) {
    return !type.options.empty() && main_option(type).type.starts_with("map of ");
  }

  /// Returns where the last word stands.
  static At end_of(const TypeSpec& type, const std::vector<std::string_view>& words) {
    if (words.size() < 2 || !is_map(type)) return At::back;
    const std::string_view before = words[words.size() - 2];
    return before.ends_with(',') || before.ends_with('=') ? At::back : At::behind_entries;
  }

  /// Returns whether the word sets something of the type or the stage, and then adds it to
  /// `settings`.
  static bool take(const TypeSpec& type, std::string_view word, At at, Settings& settings) {
    // The entries of a map have the same form.
    const bool entry = is_map(type) && at != At::behind_entries;
    std::size_t end = entry ? word.npos : end_of_name(word);
    if (end == word.npos && at != At::front) end = word.find(':');
    if (end == word.npos || end + 1 == word.size()) return false;
    const std::string_view value = word.substr(end + 1);
    const auto place = [at](auto& list) { return at == At::front ? list.end() : list.begin(); };
    if (const OptionSpec* option = type.option(word.substr(0, end))) {
      settings.options.insert(place(settings.options), {option, value});
    } else if (const OptionSpec* key = stage_key(word.substr(0, end))) {
      settings.keys.insert(place(settings.keys), {key, value});
    } else {
      return false;
    }
    return true;
  }

  /// Takes such words off both ends of `words`; options and keys keep their order.
  static Settings take_named(const TypeSpec& type, std::vector<std::string_view>& words) {
    Settings settings;
    Settings behind;
    while (!words.empty() && take(type, words.back(), end_of(type, words), behind)) {
      words.pop_back();
    }
    while (!words.empty() && take(type, words.front(), At::front, settings)) {
      words.erase(words.begin());
    }
    settings.options.insert(settings.options.end(), behind.options.begin(), behind.options.end());
    settings.keys.insert(settings.keys.end(), behind.keys.begin(), behind.keys.end());
    return settings;
  }

  static std::string hint_for(const TypeSpec& type, const std::string& name,
                              const std::string* near) {
    for (const auto& [former, instead] : type.former) {
      if (former == name) return instead;
    }
    return near && *near != name ? "did you mean '" + *near + "'?"
                                 : "put the value in quotes if it is text";
  }

  /// Reports a word that looks like an option of the type but is none; returns false if there is
  /// one.
  bool check_words(const TypeSpec& type, const std::vector<std::string_view>& words) {
    const OptionSpec& option = main_option(type);
    const bool entries = option.type.starts_with("map of ") || option.type.ends_with("expression");
    std::vector<std::string> known;
    for (const OptionSpec& one : type.options) known.push_back(one.name);
    for (const OptionSpec& key : compile::stage_keys()) known.push_back(key.name);
    for (const std::string_view word : words) {
      std::size_t end = entries ? word.npos : end_of_name(word);
      const bool sets = end != word.npos;
      // A colon may also be part of a path or a pattern.
      if (!sets) end = word.find(':');
      const std::string name(word.substr(0, end));
      if (end == word.npos || !is_option_name(name)) continue;
      const std::string* near = text::nearest(name, known);
      if (!sets && (!near || end + 1 == word.size() || word[end + 1] == '/')) continue;
      complain(word, "unknown option '" + name + "'", hint_for(type, name, near));
      return false;
    }
    return true;
  }

  void write_options(const TypeSpec& type, std::string_view rest) {
    std::vector<std::string_view> words = words_outside(rest);
    auto [options, keys] = take_named(type, words);
    for (const Named& key : keys) write_option("    ", *key.option, key.value);
    if (!words.empty()) {
      const auto begin = static_cast<std::size_t>(words.front().begin() - rest.begin());
      const auto end = static_cast<std::size_t>(words.back().end() - rest.begin());
      const std::string_view value = rest.substr(begin, end - begin);
      if (type.options.empty()) {
        return complain(value, "'" + type.name + "' takes no options");
      }
      if (!check_words(type, words)) return;
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
    const auto wrapped = [&](char open, char close) {
      return value.size() > 1 && value.front() == open && value.back() == close;
    };
    const auto may_be = [&](std::string_view kind) {
      return option.type.find(kind) != option.type.npos;
    };
    const bool list = may_be("list of ") || option.type == "command";
    const bool map = may_be("map of ") || option.type.ends_with("time");  // A field and its format.
    if ((list && wrapped('[', ']')) || (map && wrapped('{', '}'))) {
      result_.yaml += " " + std::string(value) + "\n";
    } else if (option.type.starts_with("list of ")) {
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
      if (const auto words = words_outside(item); words.size() > 1) {
        return complain(words[1], "expected ',' before '" + std::string(words[1]) + "'",
                        "put a value with blanks in quotes");
      }
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

  /// Returns the value as a YAML scalar. Quotes are part of an expression; around anything else
  /// they are taken off.
  static std::string scalar(const OptionSpec& option, std::string_view value,
                            bool in_flow = false) {
    if (!option.type.ends_with("expression")) is_quoted(value, value);
    return yaml_scalar(value, in_flow);
  }

  std::string_view text_;
  text::SourceText source_;
  const Registry& registry_;
  const std::vector<std::string>& files_;
  InlinePipeline result_;
};

}  // namespace

InlinePipeline read_inline_pipeline(std::string_view text, const Registry& registry,
                                    const std::vector<std::string>& files) {
  return InlineReader(text, registry, files).read();
}

}  // namespace weir::cli
