#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stages/http/fetch_options.h"
#include "weir/record.h"

namespace weir::stages::http {

/// A request made from a record. curl refers to its body, so it stays in place until it is
/// answered.
struct Request {
  std::string url;
  Method method = Method::get;
  std::vector<std::string> headers;  ///< "name: value"; for an empty value "name;", as curl has it.
  std::optional<std::string> body;
};

/// Throws OptionError for mistakes that can be seen before there is a record.
void check(const FetchOptions& options);

/// Returns the request for an attempt of the record. Each attempt takes the next URL, then the
/// first again. Throws Error of kind `http` if the record's values make no request.
Request make_request(const FetchOptions& options, const Record& record, int attempt);

}  // namespace weir::stages::http
