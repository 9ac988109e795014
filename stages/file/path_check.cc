#include "stages/file/path_check.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "weir/error.h"
#include "weir/in_quotes.h"

namespace weir::stages::file {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// Returns "s3" of s3://bucket/key; empty if there is no scheme.
std::string_view scheme_of(std::string_view path) {
  const std::size_t end = path.find("://");
  if (end == path.npos || end == 0) return {};
  const std::string_view scheme = path.substr(0, end);
  const bool good = std::isalpha(static_cast<unsigned char>(scheme[0])) &&
                    std::all_of(scheme.begin(), scheme.end(), [](char c) {
                      return is_word(c) || c == '+' || c == '-' || c == '.';
                    });
  return good ? scheme : std::string_view();
}

/// Returns the part of a path that other programs would fill in, such as "%Y" or "$HOME";
/// empty if there is none.
std::string_view place_in(std::string_view path) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const char next = path[i + 1];
    // Only letters that do not begin an escaped byte (%20, %D0).
    if (path[i] == '%' && std::string_view("YHMSjsTyGVUW").find(next) != path.npos)
      return path.substr(i, 2);
    if (path[i] == '$' && (next == '(' || next == '{')) return path.substr(i, 2);
    if (path[i] == '$' && (std::isalpha(static_cast<unsigned char>(next)) || next == '_')) {
      std::size_t end = i + 1;
      while (end < path.size() && is_word(path[end])) ++end;
      return path.substr(i, end - i);
    }
  }
  return {};
}

}  // namespace

void check_input_path(const std::string& path) {
  const std::string_view scheme = scheme_of(path);
  if (!scheme.empty()) {
    throw OptionError("path",
                      "expected a path, got " + in_quotes(path) + ": " +
                          (scheme == "file" ? "write it without 'file://'"
                                            : "a file of this machine is all that is read or "
                                              "written here"));
  }
  if (path == "~" || path.starts_with("~/")) {
    throw OptionError("path", "expected a path, got " + in_quotes(path) +
                                  ": '~' is for shells, '${env.HOME}' says the same here");
  }
}

void check_output_path(const std::string& path) {
  check_input_path(path);
  const std::string_view place = place_in(path);
  if (place.empty()) return;
  throw OptionError("path", "expected a path, got " + in_quotes(path) + ": nothing is put in for " +
                                in_quotes(place) + "; a field's value is put in for '{field}'");
}

void check_extension(const std::string& path) {
  for (const std::string_view extension : {".xz", ".bz2", ".lz4", ".zip", ".br", ".7z", ".Z"}) {
    if (!path.ends_with(extension)) continue;
    throw OptionError("path", "expected a name in .gz or .zst, got " + in_quotes(path) +
                                  ": 'compression: none' writes plain text there");
  }
}

}  // namespace weir::stages::file
