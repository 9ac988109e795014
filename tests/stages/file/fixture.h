#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"
#include "tests/machine/folder.h"
#include "weir/registry.h"

namespace weir::stages::test {

/// A record as these tests compare it.
struct Line {
  std::uint32_t part = 0;
  std::uint64_t position = 0;
  std::string text;
  std::string error;  ///< Its kind.

  friend bool operator==(const Line&, const Line&) = default;
};
inline std::ostream& operator<<(std::ostream& out, const Line& line) {
  return out << line.part << ':' << line.position << " '" << line.text.substr(0, 60) << "' ("
             << line.text.size() << ") " << line.error;
}

/// The oracle: cuts the plainest way.
inline std::vector<Line> cut(std::string_view content, std::string_view delimiter = "\n",
                             bool cut_cr = true, std::uint32_t part = 0) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = content.find(delimiter, at);
    std::string text(content.substr(at, end == std::string_view::npos ? end : end - at));
    if (end != std::string_view::npos && cut_cr && text.ends_with('\r')) text.pop_back();
    lines.push_back({part, at, text, {}});
    at = end == std::string_view::npos ? content.size() : end + delimiter.size();
  }
  return lines;
}

/// The oracle's lines with those longer than `most` as the errors that they become.
inline std::vector<Line> limited(std::vector<Line> lines, std::size_t most) {
  for (Line& line : lines) {
    if (line.text.size() <= most) continue;
    line.text.resize(std::min<std::size_t>(line.text.size(), 1024));
    line.error = "too_long";
  }
  return lines;
}

/// Lines of random lengths and bytes: empty ones, CRLF, NUL, lone \r, and long ones.
inline std::string random_lines(std::mt19937& random, std::size_t size, std::size_t longest) {
  std::string content;
  while (content.size() < size) {
    const std::size_t most = random() % 20 == 0 ? longest : random() % 4 == 0 ? 0 : 60;
    for (std::size_t left = most ? random() % most : 0; left > 0; --left) {
      const unsigned c = random() % 64;
      content += c == 0 ? '\0' : c == 1 ? '\r' : c == 2 ? '"' : c == 3 ? ',' : char('a' + c % 26);
    }
    content += random() % 3 == 0 ? "\r\n" : "\n";
  }
  if (random() % 2 == 0) content.pop_back();
  return content;
}

inline std::vector<Line> lines_of(kit::StageKit& kit, std::size_t cut) {
  std::vector<Line> lines;
  const std::vector<kit::Datum> read = kit.read(cut);
  for (std::size_t i = 0; i < read.size(); ++i) {
    const Origin& origin = kit.origins()[i];
    lines.push_back({origin.part, origin.position, read[i].text,
                     read[i].error.substr(0, read[i].error.find(':'))});
  }
  return lines;
}

inline Registry file_registry() {
  Registry registry;
  add_file_stages(registry);
  return registry;
}

/// `with:` of scalars.
inline Node with(std::vector<std::pair<std::string, std::string>> options) {
  std::vector<std::pair<std::string, Node>> entries;
  for (auto& [name, value] : options) entries.emplace_back(name, kit::scalar(value));
  return kit::map(std::move(entries));
}

/// `with:` of a path and a `framing` that is a map of one key.
inline Node framed(const std::string& path, const std::string& key, const std::string& value,
                   std::vector<std::pair<std::string, Node>> more = {}) {
  more.emplace_back("path", kit::scalar(path));
  more.emplace_back("framing", kit::map({{key, kit::scalar(value)}}));
  return kit::map(std::move(more));
}

/// What file.read gives, which must be the same at every cut.
inline std::vector<Line> read_lines(const Node& with) {
  const Registry registry = file_registry();
  kit::StageKit kit(registry, "file.read", with);
  std::vector<Line> all = lines_of(kit, 0);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{7}}) {
    if (lines_of(kit, cut) != all) {
      throw std::logic_error("what is read depends on the cut: " + std::to_string(cut));
    }
  }
  return all;
}

/// The message of the error that `body` throws; empty: none.
template <class Body>
std::string error_of(Body body) {
  try {
    body();
  } catch (const Error& e) {
    return e.kind() + ": " + e.what();
  } catch (const std::exception& e) {
    return e.what();
  }
  return {};
}

}  // namespace weir::stages::test
