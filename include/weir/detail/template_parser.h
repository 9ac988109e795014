#pragma once

#include <array>
#include <optional>

#include "weir/detail/template_scan.h"
#include "weir/template.h"

namespace weir::detail {

/// Reads what stands in one pair of braces.
class TemplatePieceParser {
 public:
  using Input = Template::Input;
  using Problem = Template::Problem;
  using Kind = Template::Filter::Kind;

  /// `offset` is the place of `text` in the template.
  TemplatePieceParser(std::string_view text, std::size_t offset) : text_(text), base_(offset) {}

  Problem read(Template::Piece& piece) {
    piece.source = text_;
    const std::size_t bar = unquoted('|');
    const std::size_t colon = unquoted(':');
    if (colon < bar) return colon_problem(colon, bar);
    if (Problem problem = read_name(trimmed(0, bar), piece); !problem.message.empty()) {
      return problem;
    }
    for (std::size_t at = bar; at < text_.size();) {
      const std::size_t next = std::min(text_.find('|', at + 1), text_.size());
      Problem problem = read_filter(trimmed(at + 1, next), piece);
      if (!problem.message.empty()) return problem;
      at = next;
    }
    return {};
  }

 private:
  /// A part of the text, and where it begins.
  struct Part {
    std::string_view text;
    std::size_t at = 0;
  };

  static constexpr std::array<std::pair<std::string_view, Input>, 5> kRecord = {{
      {"text", Input::text},
      {"line", Input::line},
      {"position", Input::position},
      {"path", Input::path},
      {"origin", Input::origin},
  }};
  static constexpr std::array<std::pair<std::string_view, Input>, 4> kError = {{
      {"kind", Input::error_kind},
      {"message", Input::error_message},
      {"stage", Input::error_stage},
      {"attempts", Input::error_attempts},
  }};
  static constexpr std::array<std::pair<std::string_view, Kind>, 5> kFilters = {{
      {"json", Kind::json},
      {"url", Kind::url},
      {"raw", Kind::raw},
      {"name", Kind::name},
      {"stem", Kind::stem},
  }};

  template <class T, std::size_t N>
  static std::optional<T> find(const std::array<std::pair<std::string_view, T>, N>& names,
                               std::string_view name) {
    for (const auto& [known, value] : names) {
      if (known == name) return value;
    }
    return std::nullopt;
  }

  /// Returns where the character stands outside of quotes; the text's size if nowhere.
  std::size_t unquoted(char wanted) const {
    TemplateScan scan;
    scan.take('{');
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const bool open = scan.open();
      scan.take(text_[i]);
      if (open && text_[i] == wanted) return i;
    }
    return text_.size();
  }
  Part trimmed(std::size_t begin, std::size_t end) const {
    while (begin < end && is_blank(text_[begin])) ++begin;
    while (begin < end && is_blank(text_[end - 1])) --end;
    return {text_.substr(begin, end - begin), begin};
  }
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }

  Problem problem(std::size_t at, std::string message, std::string hint = {}) const {
    return {base_ + at, std::move(message), std::move(hint), {}, {}};
  }
  Problem colon_problem(std::size_t colon, std::size_t bar) const {
    const Part behind = trimmed(colon + 1, bar);
    return problem(colon, "expected '|' before a filter, got ':'",
                   behind.text == "raw" ? "':raw' is now '|raw'"
                                        : "a field of that name is fields[\"" +
                                              std::string(text_.substr(0, bar)) + "\"]");
  }

  Problem read_name(Part name, Template::Piece& piece) {
    if (name.text.empty()) return problem(name.at, "expected a field, got nothing");
    const std::string_view first = name.text.substr(0, name.text.find_first_of(".["));
    if (first == "record") return read_record(name, piece);
    std::vector<std::string> steps;
    Problem wrong = read_steps(name, first == "fields", steps);
    if (!wrong.message.empty()) return wrong;
    const bool one = steps.size() == 1;
    std::string path;
    for (const std::string& step : steps) {
      if (!one && (step.empty() || step.find('.') != std::string::npos)) {
        return problem(name.at, "a step of a path is empty or holds a '.'");
      }
      path += (&step == steps.data() ? "" : ".") + step;
    }
    piece.input = one && path.find('.') != std::string::npos ? Input::exact : Input::field;
    piece.field = Field(std::move(path));
    return {};
  }

  /// Reads `a.b["c"]`. `fields` alone names nothing: the first step stands behind it.
  Problem read_steps(Part name, bool behind_fields, std::vector<std::string>& steps) const {
    std::size_t at = 0;
    const auto bare = [&] {
      const std::size_t end = std::min(name.text.find_first_of(".[", at), name.text.size());
      std::string step(name.text.substr(at, end - at));
      at = end;
      return step;
    };
    std::string first = bare();
    if (!behind_fields) steps.push_back(std::move(first));
    while (at < name.text.size()) {
      if (name.text[at] == '.') {
        ++at;
        steps.push_back(bare());
        continue;
      }
      if (name.text[at] != '[') {
        return problem(name.at + at,
                       "expected '.' or '[', got '" + std::string(name.text.substr(at, 1)) + "'");
      }
      const std::size_t begin = at;
      auto step = quoted(name.text, at);
      if (!step) {
        return problem(name.at + begin,
                       "expected [\"name\"], got '" + std::string(name.text.substr(begin)) + "'");
      }
      steps.push_back(std::move(*step));
    }
    if (!steps.empty()) return {};
    return problem(name.at, "expected [\"name\"] behind 'fields', got nothing",
                   "a field of that name is fields[\"fields\"]");
  }

  /// Reads `["name"]` and moves `at` behind it; nothing if that is not there.
  static std::optional<std::string> quoted(std::string_view text, std::size_t& at) {
    if (at + 1 >= text.size()) return std::nullopt;
    const char quote = text[at + 1];
    if (quote != '"' && quote != '\'') return std::nullopt;
    std::string name;
    for (std::size_t i = at + 2; i + 1 < text.size(); ++i) {
      if (text[i] == quote) {
        if (text[i + 1] != ']') return std::nullopt;
        at = i + 2;
        return name;
      }
      if (text[i] == '\\') ++i;
      name += text[i];
    }
    return std::nullopt;
  }

  Problem read_record(Part name, Template::Piece& piece) const {
    constexpr std::string_view kWhole = "record.";
    constexpr std::string_view kOfError = "error.";
    std::string_view part = name.text.substr(std::min(name.text.size(), kWhole.size()));
    if (name.text.size() < kWhole.size() || name.text[kWhole.size() - 1] != '.') part = {};
    const bool of_error = part.starts_with(kOfError);
    const auto found = of_error ? find(kError, part.substr(kOfError.size())) : find(kRecord, part);
    if (found) {
      piece.input = *found;
      return {};
    }
    if (part.empty()) {
      return problem(name.at,
                     "expected a '.' behind 'record', got '" + std::string(name.text) + "'",
                     "a field of that name is fields[\"record\"]");
    }
    return problem(
        name.at, "unknown part '" + std::string(part) + "' of 'record'",
        "it has text, line, position, path, origin, error.kind, error.message, error.stage, "
        "error.attempts");
  }

  Problem read_filter(Part filter, Template::Piece& piece) const {
    constexpr std::string_view kOr = "or";
    if (filter.text.empty()) return problem(filter.at, "expected a filter behind '|', got nothing");
    if (const auto kind = find(kFilters, filter.text)) {
      piece.filters.push_back({*kind, {}, base_ + filter.at, {}});
      return {};
    }
    if (filter.text.front() == '%') {
      piece.filters.push_back({Kind::time, std::string(filter.text), base_ + filter.at, {}});
      return {};
    }
    const std::string_view word = filter.text.substr(0, filter.text.find_first_of(" \t"));
    if (word == kOr) {
      const std::string_view rest = filter.text.substr(kOr.size());
      const std::size_t begin = rest.find_first_not_of(" \t");
      if (begin == std::string_view::npos) {
        return problem(filter.at, "expected a text behind 'or', got nothing");
      }
      piece.filters.push_back(
          {Kind::or_text, std::string(rest.substr(begin)), base_ + filter.at, {}});
      return {};
    }
    Problem unknown = problem(filter.at, "unknown filter '" + std::string(filter.text) + "'");
    unknown.word = word;
    unknown.candidates.emplace_back(kOr);
    for (const auto& [name, kind] : kFilters) unknown.candidates.emplace_back(name);
    return unknown;
  }

  std::string_view text_;
  std::size_t base_;
};

}  // namespace weir::detail

namespace weir {

inline Template::Problem Template::parse(std::string_view text, Template& out) {
  using Place = detail::TemplateScan::Place;
  Template result;
  result.source_ = text;
  Piece piece;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      piece.literal += c;
      ++i;
    } else if (c == '}') {
      return {i, "'}' without '{'; write '}}' for a brace", {}, {}, {}};
    } else if (c != '{') {
      piece.literal += c;
    } else {
      detail::TemplateScan scan;
      std::size_t end = i;
      for (scan.take(text[end++]); end < text.size(); ++end) {
        if (text[end] == '{' && scan.open()) {
          return {end, "'{' inside '{...}'; write '{{' for a brace", {}, {}, {}};
        }
        scan.take(text[end]);
        if (scan.place() == Place::text) break;
      }
      if (end >= text.size()) {
        return {i, "'{' without '}'; write '{{' for a brace", {}, {}, {}};
      }
      detail::TemplatePieceParser parser(text.substr(i + 1, end - i - 1), i + 1);
      if (Problem problem = parser.read(piece); !problem.message.empty()) return problem;
      result.pieces_.push_back(std::move(piece));
      piece = {};
      i = end;
    }
  }
  if (!piece.literal.empty() || result.pieces_.empty()) result.pieces_.push_back(std::move(piece));
  out = std::move(result);
  return {};
}

}  // namespace weir
