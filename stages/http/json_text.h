#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::stages::http {

/// Returns an answer's headers as a JSON object. The values of a repeated header are joined by a
/// comma and a blank. A byte that is not UTF-8 is taken for Latin-1, as headers once were.
std::string headers_as_json(const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace weir::stages::http
