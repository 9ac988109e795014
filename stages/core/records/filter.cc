#include <memory>

#include "stages/core/core.h"

namespace weir::stages::core {
namespace {

struct FilterOptions {
  Expression where;
};

class Filter final : public Transform {
 public:
  struct Scratch {
    explicit Scratch(const Filter& filter) : where(filter.where_.evaluator()) {}
    std::unique_ptr<detail::Evaluator> where;
  };

  explicit Filter(const FilterOptions& options) : where_(options.where) {}

  void process(Record& record, Call& call) const override {
    if (!call.scratch<Scratch>().where->test(record)) record.drop();
  }

 private:
  Expression where_;
};

}  // namespace

void add_filter(Registry& registry) {
  registry.add<Filter, FilterOptions>("filter", "Keeps the records for which an expression is true")
      .required("where", &FilterOptions::where,
                "keep a record where this is neither false nor nil; a missing field is nil")
      .positional("where")
      .scratch<Filter::Scratch>()
      .example(R"(stages:
  - uses: generate
    with: { count: 100 }
  - uses: filter
    with:
      where: status >= 400
  - uses: text.format
    with:
      template: "{time} {status} {path}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
