#pragma once

#include <string>

#include "weir/options.h"
#include "weir/record.h"

namespace weir::stages::http {

/// A URL with fields in braces. `{x}` is percent-encoded, so that any value stays one piece of a
/// path or query; `{x|raw}` is not.
class UrlTemplate {
 public:
  /// Parses `text`; the problem's message is empty if it is a URL template.
  static Template::Problem parse(std::string_view text, UrlTemplate& out);

  /// Returns the URL of a record. Throws Error of kind `http` if it holds a blank or control
  /// character.
  std::string url(const Record& record) const;

  const Template& pattern() const { return template_; }
  Template& pattern() { return template_; }

 private:
  Template::Problem check_start() const;

  Template template_;
};

}  // namespace weir::stages::http

namespace weir {

template <>
struct OptionType<stages::http::UrlTemplate> {
  static std::string name() { return "url template"; }
  static bool parse(const Node& node, stages::http::UrlTemplate& out, Binder& binder) {
    return parse_template(node, out, binder, "a url such as 'https://host/{id}'");
  }
  static std::string show(const stages::http::UrlTemplate& value) {
    return value.pattern().source();
  }
};

}  // namespace weir
