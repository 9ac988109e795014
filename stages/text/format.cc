#include <vector>

#include "weir/registry.h"
#include "weir/value_text.h"

namespace weir::stages::text {
namespace {

struct FormatOptions {
  Template text;
};

class Format final : public Transform {
 public:
  /// The values of the current record, so that nested ones are looked up once.
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
      size += piece.literal.size() + longest_text(values.back());
    }
    char* const begin = record.allocate(size);
    char* end = begin;
    for (std::size_t i = 0; i < values.size(); ++i) {
      end = write_text(values[i], detail::write_bytes(template_.pieces()[i].literal, end));
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

}  // namespace weir::stages::text
