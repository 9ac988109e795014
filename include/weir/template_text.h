#pragma once

#include <string>
#include <string_view>

#include "weir/detail/json_text.h"
#include "weir/record.h"
#include "weir/template.h"
#include "weir/time_format.h"
#include "weir/value_text.h"

namespace weir {

/// How the values of a template are written where it stands. The filters `url` and `raw` of a field
/// come before it.
enum class TemplateEscape : std::uint8_t { none, url };

/// Appends `text` percent-encoded: only what needs no encoding anywhere stays (RFC 3986, 2.3).
inline void append_url_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
}

/// Returns the last part of a path; `/` at its end is none of it.
inline std::string_view name_of_path(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

/// Returns the last part of a path without its extension, and without the one before if the last is
/// that of a compression: `a/b.csv.gz` gives `b`. A point that begins the name begins none.
inline std::string_view stem_of_path(std::string_view path) {
  std::string_view name = name_of_path(path);
  const auto cut = [&name] {
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return std::string_view();
    const std::string_view extension = name.substr(dot);
    name = name.substr(0, dot);
    return extension;
  };
  const std::string_view last = cut();
  for (const std::string_view packed : {".gz", ".zst", ".xz", ".bz2", ".lz4"}) {
    if (last == packed) cut();
  }
  return name;
}

/// Returns what a piece reads, before its filters. A text that has to be made is put into `made`.
inline Value template_value(const Template::Piece& piece, const Record& record, std::string& made) {
  using Input = Template::Input;
  const auto of_error = [&](auto part) {
    const RecordError error = record.error();
    return error.kind.empty() ? Value() : Value(part(error));
  };
  switch (piece.input) {
    case Input::none:
      return {};
    case Input::field:
      return record.get(piece.field);
    case Input::exact:
      return record.get(std::string_view(piece.field.name()));
    case Input::text:
      return Value(record.text());
    case Input::path:
      return Value(std::string_view(record.part().name));
    case Input::line:
      return record.line() > 0 ? Value(record.line()) : Value();
    case Input::position:
      return Value(record.origin().position);
    case Input::origin:
      made = record.part().name + ":" + std::to_string(record.origin().position);
      return Value(std::string_view(made));
    case Input::error_kind:
      return of_error([](const RecordError& error) { return error.kind; });
    case Input::error_message:
      return of_error([](const RecordError& error) { return error.message; });
    case Input::error_stage:
      return of_error([](const RecordError& error) { return error.stage; });
    case Input::error_attempts:
      return of_error([](const RecordError& error) { return error.attempts; });
  }
  return {};
}

namespace detail {

/// Applies the filters of one piece to a value.
class TemplateFilters {
 public:
  using Kind = Template::Filter::Kind;

  TemplateFilters(Value value, TemplateEscape escape) : value_(value), escape_(escape) {}

  /// Throws Error of kind `time` if a value is no time.
  void apply(const Template::Filter& filter) {
    switch (filter.kind) {
      case Kind::or_text:
        if (is_nothing()) value_ = Value(std::string_view(filter.text));
        return;
      case Kind::json: {
        std::string made;
        append_json(made, value_);
        return hold(std::move(made));
      }
      case Kind::raw:
        escape_ = TemplateEscape::none;
        return;
      case Kind::url:
        escape_ = TemplateEscape::none;
        return on_text([](std::string_view text) {
          std::string made;
          append_url_encoded(made, text);
          return made;
        });
      case Kind::name:
        return on_text([](std::string_view text) { return std::string(name_of_path(text)); });
      case Kind::time:
        return write_time(filter);
      case Kind::stem:
        return on_text([](std::string_view text) { return std::string(stem_of_path(text)); });
    }
  }

  void append_to(std::string& out) const {
    if (escape_ == TemplateEscape::none) return append_text(out, value_);
    std::string text;
    append_text(text, value_);
    append_url_encoded(out, text);
  }

 private:
  bool is_nothing() const {
    return value_.is_null() || (value_.has_bytes() && value_.as_text().empty());
  }
  void hold(std::string made) {
    held_ = std::move(made);
    value_ = Value(std::string_view(held_));
  }
  /// Writes the time that the value states, read by `auto`, in UTC.
  void write_time(const Template::Filter& filter) {
    if (is_nothing()) return;
    const TimeFormat reads;
    Instant time;
    if (!reads.read(value_, time)) throw Error("time", reads.problem(value_), false);
    std::string room;
    std::string text;
    append_text(text, filter.rules ? filter.rules->write(time, room) : reads.write(time, room));
    hold(std::move(text));
  }
  template <class F>
  void on_text(F&& change) {
    if (value_.is_null()) return;
    std::string text;
    append_text(text, value_);
    hold(change(text));
  }

  Value value_;
  TemplateEscape escape_;
  std::string held_;
};

}  // namespace detail

/// Appends what a piece makes of the record, without its literal. Throws Error of kind `time`.
inline void append_template_piece(std::string& out, const Template::Piece& piece,
                                  const Record& record,
                                  TemplateEscape escape = TemplateEscape::none) {
  if (!piece.reads()) return;
  std::string made;
  detail::TemplateFilters filters(template_value(piece, record, made), escape);
  try {
    for (const Template::Filter& filter : piece.filters) filters.apply(filter);
  } catch (const Error& error) {
    throw Error(error.kind(), "'{" + piece.source + "}': " + error.what(), error.retryable());
  }
  filters.append_to(out);
}

/// Returns the text that `pattern` makes of the record. Missing and null fields are empty.
inline std::string rendered(const Template& pattern, const Record& record,
                            TemplateEscape escape = TemplateEscape::none) {
  std::string text;
  for (const Template::Piece& piece : pattern.pieces()) {
    text += piece.literal;
    append_template_piece(text, piece, record, escape);
  }
  return text;
}

}  // namespace weir
