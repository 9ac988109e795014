#pragma once

#include <string>
#include <string_view>

#include "weir/options.h"
#include "weir/record.h"

namespace weir::stages::file {

/// A path with fields in braces. Each fills a part of one name, whatever its value is: none makes a
/// folder, leads out of one, or hides a file.
class PathTemplate {
 public:
  PathTemplate() = default;
  /// A path without fields.
  PathTemplate(const char* path) : PathTemplate(std::string(path)) {}
  PathTemplate(std::string path);

  static Template::Problem parse(std::string_view text, PathTemplate& out);

  const Template& pattern() const { return template_; }
  Template& pattern() { return template_; }
  bool has_fields() const { return has_fields_; }
  /// The path as it is, of one without fields.
  const std::string& path() const { return literal_; }
  /// All but the fields, with an `x` for each: what can be said of every path.
  const std::string& likeness() const { return literal_; }
  /// The folders before the first field, with a slash at the end; empty if there are none.
  std::string_view start() const;

  /// Makes the path of a record. Throws Error "path".
  void make(const Record& record, std::string& path) const;

 private:
  Template template_;
  std::string literal_;
  std::size_t first_ = 0;  ///< The bytes before the first field.
  bool has_fields_ = false;
};

}  // namespace weir::stages::file

namespace weir {

template <>
struct OptionType<stages::file::PathTemplate> {
  static std::string name() { return "template"; }
  static bool parse(const Node& node, stages::file::PathTemplate& out, Binder& binder) {
    return parse_template(node, out, binder, "a path");
  }
  static std::string show(const stages::file::PathTemplate& value) {
    return value.pattern().source();
  }
};

}  // namespace weir
