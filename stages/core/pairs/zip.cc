#include "stages/core/core.h"

namespace weir::stages::core {
namespace {

/// Does nothing: the merge before it has paired the records.
class Zip final : public Transform {
 public:
  void process(Record&, Call&) const override {}
};

}  // namespace

void add_zip(Registry& registry) {
  registry
      .add<Zip>("zip",
                "Makes one record of one of each input: branches of one source are paired by "
                "origin, different sources by index. It has the text and the origin of the first "
                "input's record and the fields of all, in the order of the inputs; a field that is "
                "there already gets the name of the stage that its input comes from and '_' before "
                "its own. A record whose partner is missing is an error of kind unpaired. 'idle' "
                "under 'merge' says how long to wait for one of another source")
      .pairing(Pairing::together)
      .kinds({.changes_fields = true})
      .example(R"(stages:
  - name: requests
    uses: generate
    with: { count: 1000 }
  - name: address
    from: requests
    uses: select
    with: { fields: [ip] }
  - name: answer
    from: requests
    uses: select
    with: { fields: [status] }
  - uses: zip
    from: [address, answer]
  - uses: text.format
    with:
      template: "{ip} {status}"
  - uses: file.write
    with: { path: "-" }
)");
}

}  // namespace weir::stages::core
