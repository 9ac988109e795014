#include <weir/plugin.h>

#include <cstdint>
#include <regex>
#include <string>

/// The options of `grep`.
struct GrepOptions {
  std::string pattern;
  bool invert = false;
};

/// Keeps the records whose text matches a regular expression. The stage has no state: `process` is
/// const, and weir calls it for many records at the same time.
class Grep final : public weir::Transform {
 public:
  explicit Grep(const GrepOptions& options) try : regex_(options.pattern), invert_(options.invert) {
  } catch (const std::regex_error& e) {
    throw weir::OptionError("pattern", e.what());
  }

  void process(weir::Record& record, weir::Call&) const override {
    const std::string_view text = record.text();
    if (std::regex_search(text.begin(), text.end(), regex_) == invert_) record.drop();
  }

 private:
  std::regex regex_;
  bool invert_;
};

/// The options of `number`.
struct NumberOptions {
  std::int64_t from = 1;
};

/// Puts a running number before the text. The stage has state, so it sees the records one at a
/// time, in order.
class Number final : public weir::SerialTransform {
 public:
  explicit Number(const NumberOptions& options) : next_(options.from) {}

  void process(weir::Record& record, weir::Call&) override {
    record.set_text(std::to_string(next_++) + " " + std::string(record.text()));
  }

 private:
  std::int64_t next_;
};

WEIR_PLUGIN(registry) {
  registry.add<Grep, GrepOptions>("grep", "Keeps the records that match.")
      .required("pattern", &GrepOptions::pattern, "Regular expression.")
      .optional("invert", &GrepOptions::invert, "Keep the others instead.")
      .kinds({.needs_text = true});
  registry.add<Number, NumberOptions>("number", "Puts a running number before the text.")
      .optional("from", &NumberOptions::from, "The first number.")
      .kinds({.needs_text = true, .gives_text = true});
}
