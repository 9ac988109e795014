#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/http/lower.h"
#include "stages/http/url_template.h"
#include "weir/number_range.h"
#include "weir/options.h"

namespace weir::stages::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };

/// The headers of a request, each value a template. Any value may be a credential, such as that of
/// `authorization` or `x-api-key`. So values are secrets, unless the name begins with `accept` or
/// `content-` or is `user-agent`.
struct Headers : OptionMap<Template> {};

/// The options of http.fetch, as plugin.cc describes them.
struct FetchOptions {
  std::vector<UrlTemplate> url;
  std::optional<Method> method;
  Headers headers;
  std::optional<Template> body;
  std::optional<std::string> into;
  std::optional<std::string> status_into;
  std::optional<std::string> headers_into;
  std::vector<NumberRange> accept_status;
  std::optional<Bytes> max_size;
  int redirects = 5;
  std::optional<int> connections;
  bool verify = true;
  std::optional<std::string> ca;
  std::string user_agent = "weir";
};

}  // namespace weir::stages::http

namespace weir {

template <>
struct OptionType<stages::http::Headers> {
  static std::string name() { return OptionType<OptionMap<Template>>::name(); }
  static bool parse(const Node& node, stages::http::Headers& out, Binder& binder) {
    for (const Node::Entry& entry : node.entries) {
      if (!is_open(entry.key.text)) binder.hide(entry.value);
    }
    return OptionType<OptionMap<Template>>::parse(node, out, binder);
  }
  static std::string show(const stages::http::Headers&) { return ""; }

 private:
  static bool is_open(const std::string& written) {
    const std::string name = stages::http::lower(written);
    return name.starts_with("accept") || name.starts_with("content-") || name == "user-agent";
  }
};

template <>
struct EnumNames<stages::http::Method> {
  static constexpr std::string_view names[] = {"GET",   "HEAD",   "POST",   "PUT",
                                               "PATCH", "DELETE", "OPTIONS"};
};

}  // namespace weir
