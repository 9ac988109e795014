#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/registry.h"

namespace weir::stages {

// Each registers the stage types of one family, in its register.cc.

void add_core_stages(Registry& registry);    // stages/core: generate, filter, set, take, count, ...
void add_text_stages(Registry& registry);    // stages/text: text.format
void add_json_stages(Registry& registry);    // stages/json: json.parse, json.format
void add_csv_stages(Registry& registry);     // stages/csv: csv.parse, csv.format
void add_regex_stages(Registry& registry);   // stages/regex: regex.match, regex.replace
void add_lua_stages(Registry& registry);     // stages/lua: lua
void add_hash_stages(Registry& registry);    // stages/hash: hash
void add_wait_stages(Registry& registry);    // stages/wait: delay
void add_exec_stages(Registry& registry);    // stages/exec: exec
void add_file_stages(Registry& registry);    // stages/file: file.read, file.write
void add_parse_stages(Registry& registry);   // stages/parse: logfmt.parse, url.parse, ...
void add_lookup_stages(Registry& registry);  // stages/lookup: lookup

/// Registers every built-in stage type.
void add_builtin_stages(Registry& registry);

/// Returns the language of `where:`, `when:` and `set:` (stages/lua), which lives as long as the
/// process.
const detail::ExpressionLanguage& expression_language();

/// Returns the compiler of time formats (stages/time), which lives as long as the process.
const detail::TimeLanguage& time_language();

/// Returns the value at `steps` inside raw JSON (stages/json), for detail::Host::json_at.
Value json_at(std::string_view json, std::span<const std::string> steps, detail::Arena& arena);
/// Returns whether there is a value at `steps`, be it null.
bool json_has(std::string_view json, std::span<const std::string> steps, detail::Arena& arena);

/// The parts of a JSON text from left to right: values, the names of members before theirs, and
/// where arrays and objects begin and end.
struct JsonParts {
  static constexpr std::size_t kMostLevels = 64;
  static constexpr std::size_t kMost = 2'000'000;

  enum class Kind : std::uint8_t { value, name, array, object, end };
  struct Part {
    Kind kind = Kind::value;
    Value value;  ///< Its bytes are the text's, or those of `texts`.
  };
  std::vector<Part> parts;
  std::string texts;
};
/// Reads a JSON text (stages/json). Returns what is wrong with it; empty if nothing is.
std::string read_json(std::string_view json, JsonParts& out);

/// The names of the algorithms of `hash` (stages/hash).
std::vector<std::string> digest_names();
/// Makes the digest of `text` in hexadecimal; false if there is no such algorithm.
bool hex_digest(std::string_view algorithm, std::string_view text, std::string& out);

}  // namespace weir::stages
