#include "stages/file/file_read_options.h"

#include <algorithm>

#include "stages/file/input.h"
#include "stages/file/path_check.h"
#include "weir/in_quotes.h"

namespace weir::stages::file {
namespace {

Rules::Unit unit_of(FramingChoice framing) {
  switch (framing) {
    case FramingChoice::csv:
      return Rules::Unit::csv;
    case FramingChoice::file:
      return Rules::Unit::file;
    case FramingChoice::json:
      return Rules::Unit::json;
    case FramingChoice::json_array:
      return Rules::Unit::json_array;
    case FramingChoice::automatic:
    case FramingChoice::lines:
      break;
  }
  return Rules::Unit::delimited;
}

constexpr Duration kScan = std::chrono::seconds(1);
constexpr Duration kRotateWait = std::chrono::seconds(5);
constexpr Duration kIdle = std::chrono::seconds(1);

/// Checks the options about files that grow.
void check_follow(const FileReadOptions& options) {
  const auto needs = [&](const char* option, bool given) {
    if (!given || options.follow) return;
    throw OptionError(option, "'" + std::string(option) + "' needs 'follow: true'");
  };
  needs("start", options.start.has_value());
  needs("scan", options.scan.has_value());
  needs("rotate_wait", options.rotate_wait.has_value());
  if (options.framing.keys.idle && !options.follow) {
    throw OptionError("framing", "'idle' needs 'follow: true'");
  }
  if (!options.follow) return;
  if (std::ranges::find(options.path, "-") != options.path.end()) {
    throw OptionError("path", "'-' takes no 'follow'");
  }
  const FramingChoice choice = options.framing.choice;
  if (choice == FramingChoice::file || choice == FramingChoice::json ||
      choice == FramingChoice::json_array || options.framing.keys.json_array) {
    throw OptionError("framing", in_quotes(options.framing.written()) + " takes no 'follow'");
  }
}

/// Checks the options about text.
TextRules text_rules(const FileReadOptions& options) {
  const std::string encoding = OptionType<Encoding>::show(options.encoding);
  const bool utf_16 = options.encoding >= Encoding::utf_16;
  if (utf_16 && options.on_invalid == OnInvalid::keep) {
    throw OptionError("on_invalid", "'" + encoding + "' takes no 'on_invalid: keep'");
  }
  if (!options.follow) return {options.encoding, options.on_invalid};
  if (utf_16) throw OptionError("encoding", "'" + encoding + "' takes no 'follow'");
  // Places in a file that grows are those of its bytes.
  const bool any = options.encoding == Encoding::automatic;
  return {any ? Encoding::utf_8 : options.encoding, options.on_invalid};
}

/// Returns the names of a path.
std::vector<std::string> steps_of(const std::string& path) {
  const Field field(path);
  return field.steps().empty() ? std::vector<std::string>{path} : field.steps();
}

}  // namespace

void set_framing(FileReadOptions& options, const Framing& wanted) {
  options.lines = wanted.lines;
  FramingChoice& choice = options.framing.choice;
  const bool automatic = options.framing.automatic();
  if (automatic) {
    switch (wanted.unit) {
      case Framing::Unit::csv:
        choice = FramingChoice::csv;
        break;
      case Framing::Unit::file:
        choice = FramingChoice::file;
        break;
      case Framing::Unit::any:
      case Framing::Unit::lines:
        choice = FramingChoice::lines;
        break;
    }
  }
  if (choice == FramingChoice::csv && wanted.unit == Framing::Unit::csv) {
    if (!options.header) options.header = wanted.header;
    options.csv.delimiter = wanted.delimiter;
    options.csv.find_delimiter = wanted.find_delimiter;
    if (!automatic) return;
    options.csv.quote = wanted.quote;
    options.csv.comment = wanted.comment;
  }
}

std::optional<std::vector<FileReadOptions>> split_streams(const FileReadOptions& options) {
  if (options.streams == Streams::one) return std::nullopt;
  std::vector<FileReadOptions> streams;
  std::vector<std::string> paths;
  try {
    for (const Input& input : find_inputs(options.path, Exclusions(options.exclude))) {
      streams.push_back(options);
      streams.back().path = {input.path};
      streams.back().streams = Streams::one;
      paths.push_back(input.path);
    }
  } catch (const Error&) {
    streams.clear();
  }
  if (!options.follow) return streams;
  const auto siblings = std::make_shared<Siblings>(std::move(paths));
  for (FileReadOptions& stream : streams) stream.siblings = siblings;
  return streams;
}

Rules rules_of(const FileReadOptions& options) {
  Rules rules;
  if (options.path.empty()) throw OptionError("path", "expected at least one path, got none");
  for (const std::string& path : options.path) check_input_path(path);
  check_follow(options);
  rules.unit = unit_of(options.framing.choice);
  rules.header = options.header.value_or(false);
  rules.separator = options.csv.delimiter;
  rules.find_separator = options.csv.find_delimiter;
  rules.quote = options.csv.quote;
  rules.comment = options.csv.comment;
  rules.lines = options.lines;
  rules.text = text_rules(options);
  if (rules.header && rules.unit != Rules::Unit::csv) {
    const std::string written = options.framing.written();
    throw OptionError("header", written.empty() ? "'header' needs 'framing: csv'"
                                                : in_quotes(written) + " takes no 'header'");
  }
  rules.pattern = options.framing.line_pattern();
  if (rules.pattern) rules.unit = Rules::Unit::multiline;
  if (const auto& path = options.framing.keys.json_array) {
    rules.unit = Rules::Unit::json_array;
    rules.path = steps_of(*path);
    rules.path_shown = *path;
  }
  if (const auto& delimiter = options.framing.keys.delimiter) {
    rules.delimiter = *delimiter;
    rules.cut_cr = false;
  }
  return rules;
}

Following following_of(const FileReadOptions& options) {
  Following following;
  following.paths = options.path;
  following.at_end = options.start == FollowStart::end;
  following.scan = options.scan.value_or(kScan);
  following.rotate_wait = options.rotate_wait.value_or(kRotateWait);
  following.plain = options.compression == Decompression::none;
  if (options.framing.line_pattern()) following.idle = options.framing.keys.idle.value_or(kIdle);
  following.siblings = options.siblings;
  return following;
}

}  // namespace weir::stages::file
