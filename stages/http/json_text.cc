#include "stages/http/json_text.h"

#include <algorithm>
#include <unordered_map>

#include "weir/detail/text_hash.h"
#include "weir/detail/utf8.h"

namespace weir::stages::http {
namespace {

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t size = detail::utf8_length(text);
    if (size == 0) {
      out += static_cast<char>(0xc0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3f));
    } else if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text.front();
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
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
