#include <weir/plugin.h>

namespace {

class Clash final : public weir::Transform {
 public:
  void process(weir::Record&, weir::Call&) const override {}
};

}  // namespace

WEIR_PLUGIN(registry) { registry.add<Clash>("taken", "Has a name that is taken."); }
