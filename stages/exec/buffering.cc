#include "stages/exec/buffering.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <string_view>

#include "stages/exec/spawn.h"
#include "weir/error.h"

namespace weir::stages::exec {
namespace {

/// A program that gathers its output, and the argument that keeps it from that.
struct Remedy {
  std::string_view program;
  std::string_view argument;
};
constexpr Remedy kRemedies[] = {
    {"sed", "-u"},
    {"grep", "--line-buffered"},
    {"egrep", "--line-buffered"},
    {"fgrep", "--line-buffered"},
    {"jq", "--unbuffered"},
    {"python", "-u"},
    {"python3", "-u"},
    {"mawk", "-W interactive"},
    {"tcpdump", "-l"},
};
constexpr std::string_view kElse = "stdbuf -oL";

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Returns the program behind the links of a name: Debian's `awk` is `mawk`.
std::string linked(const std::string& name) {
  try {
    char path[PATH_MAX];
    const std::string found = find_program(name);
    if (::realpath(found.c_str(), path)) return std::string(base_name(path));
  } catch (const Error&) {
  }
  return std::string(base_name(name));
}

/// Returns the words of a shell's command, as far as blanks and the signs between commands tell.
std::vector<std::string> shell_words(std::string_view text) {
  constexpr std::string_view kBetween = " \t\n;|&(){}\"'";
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(kBetween, at), text.size());
    const std::size_t end = std::min(text.find_first_of(kBetween, begin), text.size());
    if (begin < end) words.emplace_back(text.substr(begin, end - begin));
    at = std::max(end, begin + 1);
  }
  return words;
}

const Remedy* remedy_of(std::string_view program) {
  const auto* const found = std::ranges::find(kRemedies, program, &Remedy::program);
  return found == std::end(kRemedies) ? nullptr : found;
}

}  // namespace

std::string why_silent(const std::vector<std::string>& words) {
  const bool shell = words.size() > 2 && words[0] == "/bin/sh" && words[1] == "-c";
  const std::vector<std::string> all = shell ? shell_words(words[2]) : words;
  const auto says = [&](std::string_view argument) {
    const std::string_view first = argument.substr(0, argument.find(' '));
    return std::ranges::find(all, first) != all.end();
  };
  if (says("stdbuf")) return {};
  for (const std::string& word : all) {
    const std::string program = linked(word);
    const Remedy* const remedy = remedy_of(program);
    if (remedy && !says(remedy->argument)) {
      return "'" + program +
             "' buffers its output when it is no terminal: " + std::string(remedy->argument);
    }
    if (remedy || !shell) {
      if (remedy) return {};
      break;
    }
  }
  return "'" + std::string(shell ? "sh" : base_name(words[0])) +
         "', or what it starts, may buffer its output, as it is no terminal: " + std::string(kElse);
}

}  // namespace weir::stages::exec
