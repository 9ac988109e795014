#pragma once

#include <string>
#include <vector>

#include "weir/options.h"

namespace weir {

/// A program and its arguments as an option: a list, or one text for the shell.
struct Command {
  std::vector<std::string> words;  ///< What is executed: never empty.
  std::string text;                ///< As in the file.
};

template <>
struct OptionType<Command> {
  static std::string name() { return "command"; }
  static bool parse(const Node& node, Command& out, Binder& binder) {
    if (node.shape != Node::Shape::list) {
      if (!detail::expect_scalar(node, binder, "a command")) return false;
      if (node.text.find_first_not_of(" \t\n") == std::string::npos) return nothing(node, binder);
      out = {{"/bin/sh", "-c", node.text}, node.text};
      return true;
    }
    Command command;
    for (const Node& word : node.items) {
      if (!OptionType<std::string>::parse(word, command.words.emplace_back(), binder)) return false;
      command.text += (command.text.empty() ? "" : " ") + command.words.back();
    }
    if (command.words.empty() || command.words.front().empty()) return nothing(node, binder);
    out = std::move(command);
    return true;
  }
  static std::string show(const Command& value) { return value.text; }

 private:
  static bool nothing(const Node& node, Binder& binder) {
    binder.error(node, "expected a command, got nothing");
    return false;
  }
};

}  // namespace weir
