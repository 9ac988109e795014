#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::http {

/// A JSON object of an answer's headers; those that came more than once are joined by ", ". Bytes
/// that are no UTF-8 are taken for Latin-1, as headers once were.
std::string headers_as_json(const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace weir::http
