#include "tests/fuzz/targets.h"

#include "stages/builtin.h"

namespace weir::fuzz {

const std::vector<Target>& targets() {
  static const std::vector<Target> result = {{"yaml", yaml},
                                             {"expression", expression},
                                             {"text_template", text_template},
                                             {"json", json},
                                             {"csv", csv},
                                             {"regex", regex},
                                             {"parse", parse},
                                             {"time", time},
                                             {"framing", framing},
                                             {"ranges", ranges},
                                             {"json_framing", json_framing},
                                             {"codec", codec},
                                             {"exec", exec}};
  return result;
}

const Registry& builtin_types() {
  static const Registry result = [] {
    Registry registry;
    stages::add_builtin_stages(registry);
    return registry;
  }();
  return result;
}

}  // namespace weir::fuzz
