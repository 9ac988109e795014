#include "stages/file/path_template.h"

#include <algorithm>
#include <utility>

#include "weir/error.h"
#include "weir/in_quotes.h"
#include "weir/template_text.h"

namespace weir::stages::file {
namespace {

/// The longest name of a file: 255 bytes, less ".partial".
constexpr std::size_t kLongest = 247;

[[noreturn]] void refuse(const std::string& what, std::string_view got) {
  throw Error("path", what + ", got " + in_quotes(std::string(got.substr(0, kLongest))), false);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Checks what one field gives.
void check_value(const Template::Piece& piece, std::string_view value) {
  const std::string field = "'{" + piece.source + "}'";
  if (value.empty()) throw Error("path", "missing " + field + " of the path", false);
  for (const char c : value) {
    if (c == '/') refuse("expected a part of one name for " + field, value);
    if (is_control(c)) refuse("expected no control bytes for " + field, value);
  }
}

/// Checks the names of a path in which something begins with a field's value. `filled` are the
/// offsets of these.
void check_names(std::string_view path, std::string_view from_fields, std::size_t start) {
  for (std::size_t at = start; at <= path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view name = path.substr(at, slash - at);
    const bool filled = from_fields.substr(at, slash - at).find('v') != from_fields.npos;
    if (filled && (name == "." || name == "..")) refuse("expected a name", name);
    if (filled && from_fields[at] == 'v' && name[0] == '.') {
      refuse("expected a name that begins with no dot", name);
    }
    if (filled && name.size() > kLongest) {
      throw Error("path",
                  "expected a name of at most " + std::to_string(kLongest) + " bytes, got one of " +
                      std::to_string(name.size()),
                  false);
    }
    at = slash + 1;
  }
}

}  // namespace

PathTemplate::PathTemplate(std::string path) : literal_(std::move(path)), first_(literal_.size()) {
  std::string escaped;
  for (const char c : literal_) escaped.append(c == '{' || c == '}' ? 2 : 1, c);
  Template::parse(escaped, template_);
}

Template::Problem PathTemplate::parse(std::string_view text, PathTemplate& out) {
  PathTemplate made;
  const Template::Problem problem = Template::parse(text, made.template_);
  if (!problem.message.empty()) return problem;
  using Kind = Template::Filter::Kind;
  for (const Template::Piece& piece : made.template_.pieces()) {
    made.literal_ += piece.literal;
    if (!piece.reads()) continue;
    if (!made.has_fields_) made.first_ = made.literal_.size();
    made.has_fields_ = true;
    made.literal_ += 'x';
    for (const Template::Filter& filter : piece.filters) {
      if (filter.kind != Kind::raw && filter.kind != Kind::json) continue;
      Template::Problem refused;
      refused.offset = filter.at;
      refused.message =
          std::string("'path' takes no '") + (filter.kind == Kind::raw ? "raw'" : "json'");
      return refused;
    }
  }
  if (!made.has_fields_) made.first_ = made.literal_.size();
  out = std::move(made);
  return {};
}

std::string_view PathTemplate::start() const {
  const std::string_view before = std::string_view(literal_).substr(0, first_);
  return before.substr(0, before.rfind('/') + 1);
}

void PathTemplate::make(const Record& record, std::string& path) const {
  path.clear();
  bool plain = true;  // No name can be wrong that begins with a letter or digit and is short.
  std::string from_fields;
  for (const Template::Piece& piece : template_.pieces()) {
    path += piece.literal;
    if (!piece.reads()) continue;
    const std::size_t before = path.size();
    append_template_piece(path, piece, record);
    check_value(piece, std::string_view(path).substr(before));
    plain &= path[before] != '.';
  }
  if (plain && path.size() <= kLongest) return;
  for (const Template::Piece& piece : template_.pieces()) {
    from_fields.append(piece.literal.size(), 'l');
    if (!piece.reads()) continue;
    std::string value;
    append_template_piece(value, piece, record);
    from_fields.append(value.size(), 'v');
  }
  check_names(path, from_fields, start().size());
}

}  // namespace weir::stages::file
