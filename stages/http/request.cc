#include "stages/http/request.h"

#include <algorithm>

#include "weir/error.h"
#include "weir/template_text.h"

namespace weir::stages::http {
namespace {

/// True for a byte that no header's value holds (RFC 9110, 5.5): a line break would end it, and so
/// let its value write other headers.
bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

/// True for a token as in RFC 9110, 5.6.2.
bool is_token(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const auto good = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMarks.find(c) != std::string_view::npos;
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), good);
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

void check(const FetchOptions& options) {
  if (options.url.empty()) throw OptionError("url", "expected a url, got an empty list");
  for (const auto& [name, value] : options.headers) {
    if (!is_token(name))
      throw OptionError("headers", "expected a header's name, got '" + name + "'");
    for (const Template::Piece& piece : value.pieces()) {
      if (!has_control(piece.literal)) continue;
      throw OptionError("headers",
                        "header '" + name + "': expected one line without control bytes");
    }
    if (same_name(name, "content-length") || same_name(name, "transfer-encoding")) {
      throw OptionError("headers", "header '" + name + "' is set by weir");
    }
  }
  if (options.body && options.method == Method::head) {
    throw OptionError("body", "expected no 'body' beside 'method: HEAD'");
  }
}

Request make_request(const FetchOptions& options, const Record& record, int attempt) {
  Request request;
  const std::size_t turn = static_cast<std::size_t>(std::max(attempt, 1) - 1);
  request.url = options.url[turn % options.url.size()].url(record);
  request.method = options.method.value_or(options.body ? Method::post : Method::get);
  for (const auto& [name, value] : options.headers) {
    const std::string text = rendered(value, record);
    if (has_control(text)) {
      throw Error("http", "header '" + name + "': a control byte in its value", false);
    }
    request.headers.push_back(text.empty() ? name + ';' : name + ": " + text);
  }
  if (options.body) request.body = rendered(*options.body, record);
  return request;
}

}  // namespace weir::stages::http
