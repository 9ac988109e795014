#include <deque>
#include <string>
#include <vector>

#include "weir/registry.h"
#include "weir/template_text.h"

namespace weir::stages::text {
namespace {

struct FormatOptions {
  Template text;
};

class Format final : public Transform {
 public:
  /// The values of the current record, so that nested ones are looked up once, and the texts that
  /// filters made of them.
  struct Scratch {
    std::vector<Value> values;
    std::deque<std::string> made;

    /// Returns what the filters of a piece make of the record. `used` counts the texts in `made`.
    Value filtered(const Template::Piece& piece, const Record& record, std::size_t& used) {
      if (used == made.size()) made.emplace_back();
      std::string& text = made[used++];
      text.clear();
      append_template_piece(text, piece, record);
      return Value(std::string_view(text));
    }
  };

  explicit Format(const FormatOptions& options) : template_(options.text) {}

  void process(Record& record, Call& call) const override {
    using Input = Template::Input;
    Scratch& scratch = call.scratch<Scratch>();
    std::vector<Value>& values = scratch.values;
    values.clear();
    std::size_t used = 0;
    std::size_t size = 0;
    for (const Template::Piece& piece : template_.pieces()) {
      const bool plain = piece.filters.empty();
      values.push_back(plain && piece.input == Input::field  ? record.get(piece.field)
                       : plain && piece.input == Input::text ? Value(record.text())
                       : piece.reads()                       ? scratch.filtered(piece, record, used)
                                                             : Value());
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
                "the text, with fields in braces, named as in expressions; null and missing fields "
                "are empty, {{ and }} are braces, {record.text} is the text as it was; filters "
                "behind a field: {x|or TEXT}, {x|json}, {x|url}, {path|name}, {path|stem}, "
                "{time|%Y-%m-%d}")
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
