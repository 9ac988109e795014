#include <charconv>
#include <cmath>
#include <cstring>
#include <string_view>
#include <vector>

#include "weir/registry.h"

namespace weir {
namespace {

constexpr std::size_t kLongestNumber = 32;

std::size_t longest(const Value& value) {
  switch (value.type()) {
    case ValueType::null:
      return 0;
    case ValueType::boolean:
      return 5;
    case ValueType::text:
    case ValueType::json:
      return value.as_text().size();
    default:
      return kLongestNumber;
  }
}

char* write(std::string_view bytes, char* out) {
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

/// 100000 and not 1e+05: an exponent only where the digits would not fit.
char* write(double real, char* out) {
  const double size = std::fabs(real);
  const bool plain = size == 0 || (size >= 1e-5 && size < 1e17);
  return plain ? std::to_chars(out, out + kLongestNumber, real, std::chars_format::fixed).ptr
               : std::to_chars(out, out + kLongestNumber, real).ptr;
}

char* write(const Value& value, char* out) {
  switch (value.type()) {
    case ValueType::null:
      return out;
    case ValueType::boolean:
      return write(std::string_view(value.as_bool() ? "true" : "false"), out);
    case ValueType::integer:
      return std::to_chars(out, out + kLongestNumber, value.as_integer()).ptr;
    case ValueType::real:
      return write(value.as_real(), out);
    case ValueType::text:
    case ValueType::json:
      break;
  }
  return write(value.as_text(), out);
}

struct FormatOptions {
  Template text;
};

class Format final : public Transform {
 public:
  /// The values of the record at hand, so that nested ones are looked up once.
  using Scratch = std::vector<Value>;

  explicit Format(const FormatOptions& options) : template_(options.text) {}

  void process(Record& record, Call& call) const override {
    Scratch& values = call.scratch<Scratch>();
    values.clear();
    std::size_t size = 0;
    for (const Template::Piece& piece : template_.pieces()) {
      values.push_back(piece.text            ? Value(record.text())
                       : piece.field.empty() ? Value()
                                             : record.get(piece.field));
      size += piece.literal.size() + longest(values.back());
    }
    char* const begin = record.allocate(size);
    char* end = begin;
    for (std::size_t i = 0; i < values.size(); ++i) {
      end = write(values[i], write(std::string_view(template_.pieces()[i].literal), end));
    }
    record.trim(end);
    record.adopt_text({begin, end});
  }

 private:
  Template template_;
};

}  // namespace

void add_text_format(Registry& registry) {
  registry.add<Format, FormatOptions>("text.format", "Makes the text from a template of fields")
      .required("template", &FormatOptions::text,
                "the text, with fields in braces; null and missing fields are empty, {{ and }} are "
                "braces, {record.text} is the text as it was")
      .positional("template")
      .scratch<Format::Scratch>()
      .kinds({.gives_text = true})
      .example(R"(stages:
  - uses: generate
    with: { count: 3 }
  - uses: text.format
    with:
      template: "{time} {method} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir
