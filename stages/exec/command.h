#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stages/exec/shell.h"
#include "weir/options.h"

namespace weir::stages::exec {

/// An option that names a program and its arguments: a list, or one text for the shell.
struct Command {
  std::vector<std::string> words;  ///< The program and its arguments; never empty.
  std::string text;                ///< The command as it may be shown.
  bool shell = false;              ///< True if it was a text for the shell.
};

}  // namespace weir::stages::exec

namespace weir {

template <>
struct OptionType<stages::exec::Command> {
  static std::string name() { return "command"; }
  static bool parse(const Node& node, stages::exec::Command& out, Binder& binder) {
    if (node.shape != Node::Shape::list) return parse_shell(node, out, binder);
    stages::exec::Command command;
    for (const Node& word : node.items) {
      if (!OptionType<std::string>::parse(word, command.words.emplace_back(), binder)) return false;
      if (!check_bytes(word, binder)) return false;
      command.text += (command.text.empty() ? "" : " ") + word.shown();
    }
    if (command.words.empty() || command.words.front().empty()) return nothing(node, binder);
    out = std::move(command);
    return true;
  }
  static std::string show(const stages::exec::Command& value) { return value.text; }

 private:
  static bool parse_shell(const Node& node, stages::exec::Command& out, Binder& binder) {
    if (!detail::expect_scalar(node, binder, "a command")) return false;
    if (node.text.find_first_not_of(" \t\n") == std::string::npos) return nothing(node, binder);
    if (!check_bytes(node, binder)) return false;
    stages::exec::ShellLanguage shell;
    Filled filled = fill(node, shell);
    if (!filled.problem.empty()) {
      binder.error(node, filled.problem, filled.hint, filled.problem_at);
      return false;
    }
    if (node.is_insert() && node.text.find(' ') != std::string::npos) {
      binder.warning(node, "'" + node.written + "' is one word to the shell, the program's name",
                     "give the program and its arguments as a list");
    }
    out = {shell.words(std::move(filled.text)), node.shown(), true};
    return true;
  }
  /// Rejects a NUL, at which an argument would end without notice.
  static bool check_bytes(const Node& node, Binder& binder) {
    const std::size_t at = node.text.find('\0');
    if (at == std::string::npos) return true;
    binder.error(node, "expected a command without NUL", {}, at);
    return false;
  }
  static bool nothing(const Node& node, Binder& binder) {
    binder.error(node, "expected a command, got nothing");
    return false;
  }
};

}  // namespace weir
