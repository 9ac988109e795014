#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stages/http/url_template.h"
#include "weir/options.h"

namespace weir::http {

enum class Method : std::uint8_t { get, head, post, put, patch, del, options };

/// The options of http.fetch, as plugin.cc describes them.
struct FetchOptions {
  std::vector<UrlTemplate> url;
  std::optional<Method> method;
  OptionMap<Template> headers;
  std::optional<Template> body;
  std::optional<std::string> into;
  std::optional<std::string> status_into;
  std::optional<std::string> headers_into;
  std::vector<int> accept_status;
  std::optional<Bytes> max_size;
  int redirects = 5;
  std::optional<int> connections;
  bool verify = true;
  std::optional<std::string> ca;
  std::string user_agent = "weir";
};

}  // namespace weir::http

namespace weir {

template <>
struct EnumNames<http::Method> {
  static constexpr std::string_view names[] = {"GET",   "HEAD",   "POST",   "PUT",
                                               "PATCH", "DELETE", "OPTIONS"};
};

}  // namespace weir
