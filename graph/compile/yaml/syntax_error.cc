#include "graph/compile/yaml/syntax_error.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/text/glued_key.h"

namespace weir::compile {
namespace {

constexpr std::size_t npos = std::string_view::npos;

/// The line with the mistake, and the offsets of its parts.
struct Line {
  std::string_view text;
  std::size_t begin = 0, end = 0;
  std::size_t content = 0;  ///< After the indentation and `- `.
  std::size_t value = 0;    ///< After the first `key: `; without one, `content`.
  bool has_key = false;

  Line(std::string_view source, std::size_t offset) : text(source) {
    offset = std::min(offset, text.size());
    begin = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;  // npos + 1 is 0
    end = std::min(text.find_first_of("\r\n", begin), text.size());
    content = skip_blanks(begin);
    while (content + 1 < end && text[content] == '-' && text[content + 1] == ' ') {
      content = skip_blanks(content + 1);
    }
    const std::size_t colon = text.substr(0, end).find(": ", content);
    has_key = colon != npos;
    value = has_key ? skip_blanks(colon + 1) : content;
  }

  std::size_t skip_blanks(std::size_t at) const {
    return std::min(text.find_first_not_of(" \t", at), end);
  }
  char at(std::size_t offset) const { return offset < end ? text[offset] : '\0'; }
};

SyntaxError whole_value(const Line& line, std::string message, std::string hint) {
  const std::size_t length = std::max<std::size_t>(line.end - line.value, 1);
  return {line.value, length,   std::move(message), std::move(hint),
          line.value, line.end, line.value};
}

SyntaxError here(std::size_t offset, std::string message, std::string hint = {}) {
  return {offset, 1, std::move(message), std::move(hint), 0, 0, 0};
}

constexpr const char* kQuoteBrace = "'{' begins a map in YAML: quote the whole value";

SyntaxError bad_escape(const ParserComplaint& complaint, std::string_view text) {
  const std::size_t slash = text.rfind('\\', complaint.offset);
  if (slash == npos) return here(complaint.offset, "unknown escape in double quotes");
  const Line line(text, slash);
  SyntaxError error =
      here(slash, "unknown escape '" + std::string(text.substr(slash, 2)) + "' in double quotes",
           "in single quotes a backslash is only a backslash");
  error.length = 2;
  error.repair_begin = slash;
  error.repair_end = slash + 1;
  const std::size_t quote = text.rfind('"', slash);
  error.scalar_begin = quote != npos && quote >= line.begin ? quote : slash;
  return error;
}

SyntaxError block_entry(const ParserComplaint& complaint, std::string_view text) {
  constexpr const char* kMessage = "expected a value, got the '-' of a list item";
  const Line line(text, complaint.offset);
  const std::size_t dash = complaint.offset;
  const char next = line.at(line.skip_blanks(dash + 1));
  const bool in_flow = complaint.open_flow != npos;
  const bool value = line.has_key && dash >= line.value;
  const bool alone =
      next == '\0' || next == '#' || (in_flow && (next == ',' || next == ']' || next == '}'));
  if (alone && (in_flow || value)) {
    return {dash, 1, kMessage, "quote it: \"-\"", dash, dash + 1, dash};
  }
  if (in_flow) {
    return {
        dash,     1,
        kMessage, "quote the value if it is text; a list in braces or brackets is written [a, b]",
        dash,     dash + 1,
        dash};
  }
  if (value) return whole_value(line, kMessage, "quote the whole value");
  return here(complaint.offset, "unexpected list item",
              "a list's items stand below its key, all indented alike");
}

/// Explains `${params.x}` without quotes inside braces or brackets.
SyntaxError bare_interpolation(std::size_t dollar, std::string_view text) {
  const Line line(text, dollar);
  const std::size_t brace = text.substr(0, line.end).find('}', dollar);
  const std::size_t end = brace == npos ? line.end : brace + 1;
  return {dollar,
          end - dollar,
          "unquoted '${' inside braces or brackets",
          "quote it: \"" + std::string(text.substr(dollar, end - dollar)) + "\"",
          dollar,
          end,
          dollar};
}

SyntaxError flow_end(const ParserComplaint& complaint, std::string_view text) {
  const std::size_t at = complaint.offset;
  const Line line(text, at);
  if (at > 0 && line.at(at) == '{' && text[at - 1] == '$') return bare_interpolation(at - 1, text);
  const std::size_t open = complaint.open_flow == npos ? at : complaint.open_flow;
  const char* closing = open < text.size() && text[open] == '[' ? "]" : "}";
  const bool rest_of_line = line.skip_blanks(at) < line.end && Line(text, open).begin == line.begin;
  if (!rest_of_line) {
    return here(open, std::string("missing '") + closing + "' for this '" + text[open] + "'");
  }
  return here(at, std::string("expected ',' or '") + closing + "', got '" + line.at(at) + "'",
              line.at(at) == '{' ? kQuoteBrace : "quote the value if this belongs to it");
}

SyntaxError map_end(const ParserComplaint& complaint, std::string_view text) {
  const Line line(text, complaint.offset);
  const std::size_t last = complaint.last_scalar;
  if (last < line.begin && (text[last] == '"' || text[last] == '\'') &&
      Line(text, last).end < text.find(text[last], last + 1)) {
    return here(last, "this text goes on over its line's end",
                std::string("a ") + text[last] + " is missing, or one is too many");
  }
  if (complaint.offset == line.content) {
    return here(complaint.offset, "expected a key like those above, got another indentation",
                "keys of one map are indented alike");
  }
  const char first = line.at(line.value);
  if (first == '{') return whole_value(line, "unexpected text behind '}'", kQuoteBrace);
  if (first == '[') {
    return whole_value(line, "unexpected text behind ']'",
                       "'[' begins a list in YAML: quote the whole value");
  }
  if (first == '"' || first == '\'') {
    return whole_value(line, "unexpected text behind the closing quote",
                       "quote the whole value, with '' for a ' inside single quotes");
  }
  return here(complaint.offset, "unexpected text", "each key of a map stands on a line of its own");
}

constexpr const char* kTab = "a tab in the indentation";
constexpr const char* kTabHint = "tabs cannot indent: use spaces";

/// Explains `uses:file.read` on the line above, which YAML joins with this line into one text.
std::optional<SyntaxError> missing_space(const Line& line, std::string_view text) {
  if (line.begin == 0) return std::nullopt;
  const Line above(text, line.begin - 1);
  const std::size_t length =
      text::length_of_glued_key(text.substr(above.content, above.end - above.content));
  if (above.has_key || length == 0) return std::nullopt;
  SyntaxError error =
      here(above.content,
           "a space is missing after '" + std::string(text.substr(above.content, length)) + "'");
  error.length = length;
  return error;
}

/// Explains a tab before the content of the line, which is the likely cause of the mistake.
std::optional<SyntaxError> indenting_tab(const ParserComplaint& complaint, std::string_view text) {
  if (complaint.open_flow != npos) return std::nullopt;
  const Line line(text, complaint.offset);
  const std::size_t content = text.find_first_not_of(" \t-", line.begin);
  const std::size_t tab = text.substr(0, content).find('\t', line.begin);
  if (tab == npos) return std::nullopt;
  return here(tab, kTab, kTabHint);
}

SyntaxError map_value(const ParserComplaint& complaint, std::string_view text) {
  const Line line(text, complaint.offset);
  if (line.has_key && complaint.offset >= line.value) {
    return whole_value(line, "a second ': ' on one line",
                       "quote the value if the ':' belongs to it");
  }
  if (std::optional<SyntaxError> error = missing_space(line, text)) return *std::move(error);
  return here(complaint.offset, "unexpected ':'",
              "is this line indented like the keys above? Is the line above complete?");
}

SyntaxError bad_beginning(const ParserComplaint& complaint, std::string_view text) {
  const Line line(text, complaint.offset);
  const std::string c(1, line.at(complaint.offset));
  if (c == "\t") {
    return here(complaint.offset, kTab, kTabHint);
  }
  SyntaxError error = here(complaint.offset, "a plain value cannot begin with '" + c + "'",
                           "quote the whole value");
  if (complaint.offset == line.value && line.has_key) {
    error.length = line.end - line.value;
    error.repair_begin = line.value;
    error.repair_end = line.end;
    error.scalar_begin = line.value;
  }
  return error;
}

SyntaxError bad_alias(const ParserComplaint& complaint, std::string_view text) {
  const Line line(text, complaint.offset);
  std::size_t star = complaint.offset;
  while (star > line.begin && line.at(star) != '*') --star;
  if (line.at(star) != '*') return here(complaint.offset, "unknown alias");
  const std::size_t end =
      std::max(std::min(text.find_first_of(" ,]}\r\n", star), line.end), star + 1);
  return {star,
          end - star,
          "unknown alias '" + std::string(text.substr(star, end - star)) + "'",
          "'*' begins an alias in YAML: quote the whole value",
          star,
          end,
          star};
}

SyntaxError open_quote(const ParserComplaint& complaint, std::string_view text) {
  // The unclosed text is not a scalar yet, so its quote is searched after the latest scalar.
  const std::size_t from = complaint.last_scalar == npos ? 0 : complaint.last_scalar;
  const std::size_t quote = text.find_first_of("\"'", from);
  return here(quote == npos ? complaint.offset : quote, "missing closing quote");
}

/// The explanation of the parser's messages that begin with `says`.
struct Row {
  std::string_view says;
  SyntaxError (*explain)(const ParserComplaint&, std::string_view text);
  bool of_block = false;  ///< True if the indentation may be the cause.
};

constexpr Row kRows[] = {
    {"unknown escape character", bad_escape},
    {"illegal block entry", block_entry, true},
    {"end of map flow not found", flow_end},
    {"end of sequence flow not found", flow_end},
    {"end of map not found", map_end, true},
    {"illegal map value", map_value, true},
    {"unknown token", bad_beginning},
    {"illegal tab", bad_beginning},
    {"the referenced anchor", bad_alias},
    {"alias not found", bad_alias},
    {"illegal character found while scanning alias", bad_alias},
    {"illegal EOF in scalar", open_quote},
    {"illegal document indicator", open_quote},
};

constexpr std::pair<std::string_view, std::pair<const char*, const char*>> kPlainRows[] = {
    {"end of sequence not found",
     {"expected a '- ' like those above", "a list's items are indented alike"}},
    {"illegal flow end", {"nothing is open that this could close", ""}},
    {"illegal map key", {"'?' begins a complex key, which no pipeline has", "quote the value"}},
    {"anchor not found", {"an anchor without a name", "'&' begins an anchor: quote the value"}},
    {"illegal character found while scanning anchor",
     {"an anchor's name cannot have this", "'&' begins an anchor: quote the value"}},
    {"cannot assign multiple", {"two tags or anchors for one value", ""}},
    {"invalid unicode", {"an escape that is no character", ""}},
    {"bad character found while scanning hex", {"an escape that is no character", ""}},
    {"unexpected character in block scalar",
     {"unexpected text behind the '|' or '>' of a block",
      "a block's text begins on the next line"}},
    {"cannot set zero indentation", {"a block cannot be indented by zero", ""}},
    {"repeated YAML directive", {"directives ('%') are not supported", ""}},
    {"bad YAML version", {"directives ('%') are not supported", ""}},
    {"YAML ", {"directives ('%') are not supported", ""}},
    {"TAG ", {"directives ('%') are not supported", ""}},
    {"illegal character found while scanning tag",
     {"tags are not supported", "'!' begins a tag in YAML: quote the value"}},
    {"tag handle with no suffix",
     {"tags are not supported", "'!' begins a tag in YAML: quote the value"}},
    {"end of verbatim tag", {"tags are not supported", "'!' begins a tag: quote the value"}},
};

}  // namespace

SyntaxError explain(const ParserComplaint& complaint, std::string_view text) {
  for (const Row& row : kRows) {
    if (!complaint.message.starts_with(row.says)) continue;
    if (row.of_block) {
      if (std::optional<SyntaxError> tab = indenting_tab(complaint, text)) return *std::move(tab);
    }
    return row.explain(complaint, text);
  }
  for (const auto& [says, words] : kPlainRows) {
    if (complaint.message.starts_with(says)) {
      return here(complaint.offset, words.first, words.second);
    }
  }
  return here(complaint.offset, "not valid YAML here", "quote the value if it is text");
}

}  // namespace weir::compile
