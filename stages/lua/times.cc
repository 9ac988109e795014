#include "stages/lua/times.h"

#include "stages/builtin.h"

namespace weir::stages::lua {

const TimeFormat* Times::find(std::string_view format, std::string_view zone, bool write) {
  for (const Known& known : known_) {
    if (known.write == write && known.format == format && known.zone == zone) {
      return &known.compiled;
    }
  }
  problem_ = {};
  TimeSpec spec;
  spec.formats = {std::string(format)};
  if (!zone.empty()) spec.zone = zone;
  auto rules = write ? time_language().compile_to_write(spec, problem_)
                     : time_language().compile(spec, problem_);
  if (!rules) return nullptr;
  if (known_.size() >= kKept) known_.clear();
  known_.push_back({std::string(format), std::string(zone), write, TimeFormat(std::move(rules))});
  return &known_.back().compiled;
}

}  // namespace weir::stages::lua
