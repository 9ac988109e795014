#include "graph/compile/yaml/yaml_reader.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <string>
#include <utility>

#include "graph/compile/yaml/syntax_error.h"
#include "graph/compile/yaml/tree_builder.h"
#include "graph/compile/yaml/yaml_bytes.h"

namespace weir::compile {
namespace {

/// The parser stops at the first mistake. To report all at once, each is overwritten in a copy of
/// the text, and the copy is read again: at most kMostRounds times, and less often for a large
/// file, so that all readings together take at most kMostBytes.
constexpr std::size_t kMostRounds = 20;
constexpr std::size_t kMostBytes = 4 * kMaxFileSize;

/// The result of one reading: the tree, or the complaint that stopped it.
struct Reading {
  std::optional<Node> root;
  std::optional<ParserComplaint> complaint;
};

Reading read_once(const text::SourceText& source, const std::string& text,
                  Diagnostics& diagnostics) {
  Reading reading;
  TreeBuilder builder(source, text, diagnostics);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    reading.root = builder.take_root();
    if (!reading.root) diagnostics.error({}, "expected a pipeline, got an empty file");
  } catch (const StopReading&) {
  } catch (const YAML::Exception& e) {
    const std::size_t offset = e.mark.is_null() ? 0 : static_cast<std::size_t>(e.mark.pos);
    reading.complaint = {e.msg, std::min(offset, text.size()), builder.last_scalar(),
                         builder.open_flow()};
  } catch (const std::exception& e) {
    reading.complaint = {e.what(), 0, builder.last_scalar(), builder.open_flow()};
  }
  return reading;
}

/// Reports the mistake and overwrites it. Returns false if reading cannot go on after it.
bool repair(const text::SourceText& source, const SyntaxError& error, std::string& text,
            Diagnostics& diagnostics) {
  diagnostics.error(source.mark(error.begin, error.length), error.message, error.hint);
  const std::string letters(error.repair_end - error.repair_begin, 'x');
  const std::string_view bytes(text.data() + error.repair_begin, letters.size());
  if (letters.empty() || bytes == letters || bytes.find('\n') != std::string_view::npos) {
    return false;
  }
  text.replace(error.repair_begin, letters.size(), letters);
  diagnostics.silence(source.mark(error.scalar_begin, error.repair_end - error.scalar_begin));
  return true;
}

}  // namespace

std::optional<Node> read_yaml(const text::SourceText& source, Diagnostics& diagnostics) {
  if (!check_bytes(source, diagnostics)) return std::nullopt;
  std::string text(source.text());
  const std::size_t rounds =
      std::clamp<std::size_t>(kMostBytes / std::max<std::size_t>(text.size(), 1), 1, kMostRounds);
  for (std::size_t round = 1;; ++round) {
    Diagnostics found(diagnostics.file());
    Reading reading = read_once(source, text, found);
    const bool again = reading.complaint &&
                       repair(source, explain(*reading.complaint, text), text, diagnostics) &&
                       round < rounds;
    if (again) continue;
    diagnostics.add(found);
    return std::move(reading.root);
  }
}

}  // namespace weir::compile
