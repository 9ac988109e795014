#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stages/http/fetch_options.h"
#include "weir/record.h"

namespace weir::http {

/// One request, made from a record, that stays where it is until it was answered.
struct Request {
  std::string url;
  Method method = Method::get;
  std::vector<std::string> headers;  ///< "name: value"; "name;" for an empty one, as curl has it.
  std::optional<std::string> body;
};

/// Throws OptionError for what can be seen to be wrong before there is a record.
void check(const FetchOptions& options);

/// The request of the record's attempt: each attempt takes the next URL, then the first again.
/// Throws Error of kind `http` if the record's values make none.
Request make_request(const FetchOptions& options, const Record& record, int attempt);

}  // namespace weir::http
