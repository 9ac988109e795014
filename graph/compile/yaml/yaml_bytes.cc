#include "graph/compile/yaml/yaml_bytes.h"

#include <cstdio>
#include <string>

#include "graph/compile/yaml/yaml_reader.h"
#include "graph/text/utf8.h"

namespace weir::compile {
namespace {

/// Returns what is wrong with the character at `at`; empty if a file may contain it.
std::string complaint(std::string_view text, std::size_t at, const text::Glyph& glyph) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (!glyph.valid) return "expected text in UTF-8, got another encoding or a binary file";
  const bool line_break = byte == '\n' || (byte == '\r' && text.substr(at, 2) == "\r\n");
  if (byte >= 0x20 || byte == '\t' || line_break) return {};
  if (byte == '\r') return "expected '\\n' or '\\r\\n' at the end of a line, got '\\r' alone";
  char hex[8];
  std::snprintf(hex, sizeof hex, "0x%02x", byte);
  return std::string("expected text, got the control byte ") + hex;
}

}  // namespace

bool check_size(std::string_view text, Diagnostics& diagnostics) {
  if (text.size() <= kMaxFileSize) return true;
  // The message gives no size, since the caller may have stopped reading before the file's end.
  diagnostics.error(
      {}, "expected a pipeline of at most " + std::to_string(kMaxFileSize) + " bytes, got more");
  return false;
}

bool check_bytes(const text::SourceText& source, Diagnostics& diagnostics) {
  const std::string_view text = source.text();
  for (std::size_t at = 0; at < text.size();) {
    const text::Glyph glyph = text::glyph_at(text, at);
    const std::string problem = complaint(text, at, glyph);
    if (!problem.empty()) {
      diagnostics.error(source.mark(at), problem);
      return false;
    }
    at += glyph.size;
  }
  return true;
}

}  // namespace weir::compile
