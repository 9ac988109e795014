#include <memory>

#include "stages/core/core.h"

namespace weir::stages::core {
namespace {

struct TakeUntilOptions {
  Expression where;
  bool including = true;
};

class TakeUntil final : public SerialTransform {
 public:
  explicit TakeUntil(const TakeUntilOptions& options)
      : where_(options.where), including_(options.including) {}

  void open(Context&) override { evaluator_ = where_.evaluator(); }

  void process(Record& record, Call& call) override {
    const bool beyond = reached_;
    reached_ = beyond || evaluator_->test(record);
    if (!reached_) return;
    if (beyond || !including_) record.drop();
    call.end_input();
  }

 private:
  Expression where_;
  bool including_;
  std::unique_ptr<detail::Evaluator> evaluator_;
  bool reached_ = false;
};

}  // namespace

void add_take_until(Registry& registry) {
  registry
      .add<TakeUntil, TakeUntilOptions>(
          "take_until",
          "Keeps the records up to one for which an expression is true, and ends the "
          "input behind it")
      .required("where", &TakeUntilOptions::where,
                "the first record where this is neither false nor nil is the last; a missing field "
                "is nil")
      .optional("including", &TakeUntilOptions::including, "whether that record is kept, too")
      .positional("where")
      .example(R"(stages:
  - uses: generate
  - uses: take_until
    with:
      where: status >= 500
  - uses: text.format
    with:
      template: "{time} {status} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
