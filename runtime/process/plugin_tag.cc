#include "runtime/process/plugin_tag.h"

#include <charconv>
#include <fstream>
#include <string_view>

#include "weir/version.h"

namespace weir::cli {
namespace {

constexpr std::string_view kBegin = WEIR_PLUGIN_TAG_BEGIN;
constexpr std::size_t kLongest = 256;  ///< The most bytes of a tag.
constexpr std::size_t kChunk = 64 * 1024;

/// Parses the text of a tag, up to the zero at its end: `4 cxxabi-...`.
std::optional<PluginTag> parsed(std::string_view text) {
  PluginTag tag;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), tag.abi);
  const auto at = static_cast<std::size_t>(end - text.data());
  if (code != std::errc() || at == text.size() || text[at] != ' ') return std::nullopt;
  tag.compiler = text.substr(at + 1);
  return tag;
}

}  // namespace

std::optional<PluginTag> plugin_tag(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  std::string chunk(kChunk, '\0');
  bool more = true;
  while (more) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    more = file.good();
    bytes.append(chunk, 0, static_cast<std::size_t>(file.gcount()));
    for (std::size_t at = bytes.find(kBegin); at != bytes.npos; at = bytes.find(kBegin, at + 1)) {
      const std::size_t text = at + kBegin.size();
      const std::size_t end = bytes.find('\0', text);
      if (end == bytes.npos) break;
      if (auto tag = parsed(std::string_view(bytes).substr(text, end - text))) return tag;
    }
    // Keeps the end of the chunk, which may contain the beginning of a tag.
    if (bytes.size() > kLongest) bytes.erase(0, bytes.size() - kLongest);
  }
  return std::nullopt;
}

}  // namespace weir::cli
