#include "stages/http/url_template.h"

#include <algorithm>

#include "weir/error.h"
#include "weir/value_text.h"

namespace weir::stages::http {
namespace {

constexpr std::string_view kRaw = ":raw";

/// True for bytes that no URL contains as they are: blanks and control characters would end it, or
/// the request line.
bool is_blank(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }

/// True for characters that need no encoding anywhere (RFC 3986, 2.3).
bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

bool has_scheme(std::string_view url, std::string_view scheme) {
  return url.size() >= scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), url.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

}  // namespace

UrlTemplate::Problem UrlTemplate::parse(std::string_view text, UrlTemplate& out) {
  UrlTemplate result;
  result.source_ = text;
  Piece piece;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_blank(c)) return {i, "expected no blanks in a url", "write %20"};
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      piece.literal += c;
      ++i;
    } else if (c == '}') {
      return {i, "'}' without '{'; write '}}' for a brace", {}};
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) return {i, "'{' without '}'; write '{{' for a brace", {}};
      Problem problem = read_field(text.substr(i + 1, end - i - 1), i + 1, piece);
      if (!problem.message.empty()) return problem;
      result.pieces_.push_back(std::move(piece));
      piece = {};
      i = end;
    } else {
      piece.literal += c;
    }
  }
  if (!piece.literal.empty() || result.pieces_.empty()) result.pieces_.push_back(std::move(piece));
  if (Problem problem = result.check_start(); !problem.message.empty()) return problem;
  out = std::move(result);
  return {};
}

UrlTemplate::Problem UrlTemplate::read_field(std::string_view name, std::size_t offset,
                                             Piece& piece) {
  const std::size_t inner = name.find('{');
  if (inner != std::string_view::npos) {
    return {offset + inner, "'{' inside '{...}'; write '{{' for a brace", {}};
  }
  const std::size_t colon = std::min(name.rfind(':'), name.size());
  const std::string_view form = name.substr(colon);
  name = name.substr(0, colon);
  piece.raw = form == kRaw;
  if (!form.empty() && !piece.raw) {
    return {offset + colon + 1,
            "expected 'raw' behind ':', got '" + std::string(form.substr(1)) + "'",
            {}};
  }
  if (name.empty()) return {offset, "expected a field between '{' and '}', got nothing", {}};
  piece.text = name == "record.text";
  if (piece.text) return {};
  if (name == "record" || name.starts_with("record.")) {
    return {offset, "expected 'record.text' or a field, got '" + std::string(name) + "'", {}};
  }
  piece.field = Field(std::string(name));
  return {};
}

/// Checks what can be known of the scheme before there is a record.
UrlTemplate::Problem UrlTemplate::check_start() const {
  const Piece& first = pieces_.front();
  if (!first.literal.empty()) {
    const bool known =
        has_scheme(first.literal, "http://") || has_scheme(first.literal, "https://");
    if (known) return {};
    return {0, "expected a url that begins with http:// or https://", {}};
  }
  if (first.empty()) return {0, "expected a url, got nothing", {}};
  if (first.raw || (pieces_.size() > 1 && pieces_[1].literal.starts_with("://"))) return {};
  const std::string name = first.text ? "record.text" : first.field.name();
  return {0, "expected a url, got '{" + name + "}', which is percent-encoded",
          "did you mean '{" + name + ":raw}'?"};
}

std::string UrlTemplate::url(const Record& record) const {
  std::string url;
  for (const Piece& piece : pieces_) {
    url += piece.literal;
    if (piece.empty()) continue;
    std::string value;
    if (piece.text) {
      value = record.text();
    } else {
      append_text(value, record.get(piece.field));
    }
    if (piece.raw) {
      url += value;
    } else {
      append_encoded(url, value);
    }
  }
  if (std::any_of(url.begin(), url.end(), is_blank)) {
    throw Error("http", "the url has a blank or control character, from a field that is ':raw'",
                false);
  }
  return url;
}

}  // namespace weir::stages::http

namespace weir {

bool OptionType<stages::http::UrlTemplate>::parse(const Node& node, stages::http::UrlTemplate& out,
                                                  Binder& binder) {
  if (!detail::expect_scalar(node, binder, "a url such as 'https://host/{id}'")) return false;
  TemplateLanguage language;
  const Filled filled = fill(node, language);
  if (!filled.problem.empty()) {
    binder.error(node, filled.problem, filled.hint, filled.problem_at);
    return false;
  }
  const stages::http::UrlTemplate::Problem problem =
      stages::http::UrlTemplate::parse(filled.text, out);
  if (!problem.message.empty()) {
    binder.error(node, problem.message, problem.hint, filled.offset(problem.offset));
    return false;
  }
  for (const stages::http::UrlTemplate::Piece& piece : out.pieces()) {
    if (piece.text) binder.names_text(node);
    if (piece.field.empty()) continue;
    const auto& steps = piece.field.steps();
    binder.names_field(node, steps.empty() ? piece.field.name() : steps.front());
  }
  return true;
}

}  // namespace weir
