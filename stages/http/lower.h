#pragma once

#include <string>

namespace weir::stages::http {

/// Returns `text` with ASCII letters in lower case, to compare the names of headers and hosts.
inline std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

}  // namespace weir::stages::http
