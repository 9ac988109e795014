#include "stages/http/json_text.h"

#include <unordered_map>

#include "weir/detail/json_text.h"
#include "weir/detail/text_hash.h"

namespace weir::stages::http {
namespace {

/// Returns the character that the byte is in Latin-1, as UTF-8.
std::string from_latin1(unsigned char byte) {
  return {static_cast<char>(0xc0 | (byte >> 6)), static_cast<char>(0x80 | (byte & 0x3f))};
}

void append_string(std::string& out, std::string_view text) {
  out += '"';
  detail::each_json_piece(
      text, [&](std::string_view piece) { out += piece; }, from_latin1);
  out += '"';
}

}  // namespace

std::string headers_as_json(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::vector<std::pair<std::string, std::string>> joined;
  std::unordered_map<std::string_view, std::size_t, detail::TextHash> places;
  for (const auto& [name, value] : headers) {
    const auto [known, added] = places.emplace(name, joined.size());
    if (added) {
      joined.emplace_back(name, value);
    } else {
      joined[known->second].second += ", " + value;
    }
  }
  std::string out = "{";
  for (const auto& [name, value] : joined) {
    if (out.size() > 1) out += ',';
    append_string(out, name);
    out += ':';
    append_string(out, value);
  }
  return out + '}';
}

}  // namespace weir::stages::http
