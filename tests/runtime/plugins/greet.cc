#include <weir/plugin.h>

namespace {

/// Puts a greeting before the text.
class Greet final : public weir::Transform {
 public:
  void process(weir::Record& record, weir::Call&) const override {
    record.set_text("hello " + std::string(record.text()));
  }
};

}  // namespace

WEIR_PLUGIN(registry) {
  registry.add<Greet>("greet", "Puts a greeting before the text.")
      .kinds({.needs_text = true, .gives_text = true});
}
