#include "stages/http/url_template.h"

#include <algorithm>

#include "weir/error.h"
#include "weir/template_text.h"

namespace weir::stages::http {
namespace {

/// True for bytes that no URL contains as they are: blanks and control characters would end it, or
/// the request line.
bool is_blank(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }

bool has_scheme(std::string_view url, std::string_view scheme) {
  return url.size() >= scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), url.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

Template::Problem problem(std::size_t offset, std::string message, std::string hint = {}) {
  return {offset, std::move(message), std::move(hint), {}, {}};
}

}  // namespace

Template::Problem UrlTemplate::parse(std::string_view text, UrlTemplate& out) {
  detail::TemplateScan scan;
  for (std::size_t i = 0; i < text.size(); ++i) {
    scan.take(text[i]);
    if (scan.in_text() && is_blank(text[i])) {
      return problem(i, "expected no blanks in a url", "write %20");
    }
  }
  UrlTemplate result;
  if (auto wrong = Template::parse(text, result.template_); !wrong.message.empty()) return wrong;
  if (auto wrong = result.check_start(); !wrong.message.empty()) return wrong;
  out = std::move(result);
  return {};
}

/// Checks what can be known of the scheme before there is a record.
Template::Problem UrlTemplate::check_start() const {
  const auto& pieces = template_.pieces();
  const Template::Piece& first = pieces.front();
  if (!first.literal.empty()) {
    const bool known =
        has_scheme(first.literal, "http://") || has_scheme(first.literal, "https://");
    if (known) return {};
    return problem(0, "expected a url that begins with http:// or https://");
  }
  if (!first.reads()) return problem(0, "expected a url, got nothing");
  const bool raw = first.has(Template::Filter::Kind::raw);
  if (raw || (pieces.size() > 1 && pieces[1].literal.starts_with("://"))) return {};
  return problem(0, "expected a url, got '{" + first.source + "}', which is percent-encoded",
                 "did you mean '{" + first.source + "|raw}'?");
}

std::string UrlTemplate::url(const Record& record) const {
  std::string url = rendered(template_, record, TemplateEscape::url);
  if (std::any_of(url.begin(), url.end(), is_blank)) {
    throw Error("http", "the url has a blank or control character, from a field that is '|raw'",
                false);
  }
  return url;
}

}  // namespace weir::stages::http
