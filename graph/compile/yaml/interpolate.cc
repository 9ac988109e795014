#include "graph/compile/yaml/interpolate.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "graph/compile/yaml/scalar_place.h"
#include "graph/compile/yaml/yaml_reader.h"

namespace weir::compile {
namespace {

constexpr std::size_t npos = std::string_view::npos;

bool is_variable(std::string_view name) {
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
         });
}

/// Returns the text of a small regular file, without the line break that files with secrets usually
/// end with; nothing if it cannot be read.
std::optional<std::string> read_small_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text(kMaxFileSize + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.eof()) return std::nullopt;
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

/// Returns a pattern that matches `text` alone. NUL is escaped, since it would end a pattern in
/// RE2.
std::string quoted_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\0') {
      out += "\\x00";
      continue;
    }
    if (byte < 0x80 && !std::isalnum(byte) && c != '_') out += '\\';
    out += c;
  }
  return out;
}

/// Interpolates one scalar after the other.
class Interpolation {
 public:
  Interpolation(const Params* params, const text::SourceText& source, Diagnostics& diagnostics)
      : params_(params), source_(source), diagnostics_(diagnostics) {}

  void run(Node& tree) {
    if (tree.text.find("${") != npos) scalar(tree);
    for (Node& item : tree.items) run(item);
    for (Node::Entry& entry : tree.entries) run(entry.value);
  }

 private:
  void scalar(Node& node) {
    node_ = &node;
    wrong_ = false;
    const std::string text = node.text;
    std::string result;
    bool quoted = node.quoted;
    std::vector<Insert> inserts;
    for (std::size_t at = 0; at < text.size();) {
      if (text.compare(at, 3, "$${") == 0) {
        result += "${";
        at += 3;
      } else if (text.compare(at, 2, "${") == 0) {
        const std::size_t end = text.find('}', at);
        begin_ = at;
        size_ = end == npos ? text.size() - at : end + 1 - at;
        if (end == npos) {
          report("'${' without '}'", "write '$${' if it is text");
        } else {
          const ParamValue value = value_of(std::string_view(text).substr(at + 2, size_ - 3));
          inserts.push_back(insert_of(value, text.substr(at + 2, size_ - 3), result.size()));
          result += value.text;
          if (size_ == text.size()) quoted = value.quoted;
        }
        at += size_;
      } else {
        result += text[at++];
      }
    }
    if (wrong_) diagnostics_.silence(node.mark);
    node.written = std::exchange(node.text, std::move(result));
    node.inserts = std::move(inserts);
    node.quoted = quoted;
  }

  Insert insert_of(const ParamValue& value, std::string inner, std::size_t at) {
    Insert insert;
    insert.begin = at;
    insert.size = value.text.size();
    insert.written_begin = begin_;
    insert.written_size = size_;
    insert.kind = value.kind;
    insert.constant = value.constant;
    insert.undeclared = value.undeclared;
    insert.secret = value.secret;
    insert.source = std::move(inner);
    if (value.secret) diagnostics_.mask().add(value.text, insert.shown());
    return insert;
  }

  ParamValue value_of(std::string_view inner) {
    constexpr std::string_view kQuote = "quote:";
    if (!inner.starts_with(kQuote)) return plain_value_of(inner);
    ParamValue value = plain_value_of(inner.substr(kQuote.size()));
    value.text = quoted_pattern(value.text);
    value.quoted = true;
    value.kind = Insert::Kind::text;
    value.undeclared = false;
    return value;
  }

  ParamValue plain_value_of(std::string_view inner) {
    if (inner.starts_with("params.")) return param(std::string(inner.substr(7)));
    if (inner.starts_with("env.")) return variable(inner.substr(4));
    if (inner.starts_with("file.")) return file(std::string(inner.substr(5)));
    const bool is_param = params_ && params_->count(std::string(inner));
    report("unknown interpolation " + in_quotes("${" + std::string(inner) + "}"),
           is_param ? "did you mean '${params." + std::string(inner) + "}'?"
                    : "expected ${params.NAME}, ${env.NAME} or ${file.PATH}; '$${' is text");
    return {};
  }

  ParamValue param(const std::string& name) {
    if (!params_) {
      report("a param cannot use another param", "${env.NAME} and ${file.PATH} can be used here");
      return {};
    }
    const auto found = params_->find(name);
    if (found == params_->end()) {
      wrong_ = true;
      if (diagnostics_.crowded()) return {};
      if (names_.empty()) {
        for (const auto& [known, value] : *params_) names_.push_back(known);
      }
      report("unknown param " + in_quotes(name),
             names_.empty() ? "declare it under 'params:'" : did_you_mean(name, names_));
      return {};
    }
    if (found->second.wrong) wrong_ = true;
    return found->second;
  }

  ParamValue variable(std::string_view inner) {
    const std::size_t split = inner.find(":-");
    const std::string name(inner.substr(0, split));
    if (!is_variable(name)) {
      report("expected the name of an environment variable, got " + in_quotes(name));
      return {};
    }
    const char* value = std::getenv(name.c_str());
    // As in a shell, the default also replaces an empty variable.
    if (split != npos && (!value || !*value)) return {std::string(inner.substr(split + 2)), true};
    if (!value) {
      report("environment variable " + in_quotes(name) + " is not set",
             "'${env." + name + ":-default}' gives a default");
      return {};
    }
    ParamValue found{value, true};
    found.undeclared = found.secret = true;
    return found;
  }

  ParamValue file(const std::string& path) {
    std::optional<std::string> text = read_small_file(path);
    if (!text) {
      report("cannot read file " + in_quotes(path), "expected a regular file of at most 1MiB");
      return {};
    }
    ParamValue found{std::move(*text), true};
    found.undeclared = found.secret = true;
    return found;
  }

  void report(std::string message, std::string hint = {}) {
    wrong_ = true;
    diagnostics_.error(mark_in_scalar(source_, *node_, begin_, size_), std::move(message),
                       std::move(hint));
  }

  const Params* params_;
  const text::SourceText& source_;
  Diagnostics& diagnostics_;
  std::vector<std::string> names_;  ///< The names of all params, filled once one was not found.
  const Node* node_ = nullptr;      ///< The scalar that is being interpolated.
  std::size_t begin_ = 0;           ///< The position of the current `${...}`.
  std::size_t size_ = 0;
  bool wrong_ = false;
};

}  // namespace

void interpolate(Node& tree, const Params* params, const text::SourceText& source,
                 Diagnostics& diagnostics) {
  Interpolation(params, source, diagnostics).run(tree);
}

}  // namespace weir::compile
