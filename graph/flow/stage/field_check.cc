#include "graph/flow/stage/field_check.h"

namespace weir::flow {

FieldCheck::FieldCheck(const std::vector<std::string>& wanted)
    : missing_(wanted.begin(), wanted.end()) {}

void FieldCheck::look_at(std::span<const detail::RecordData> records) {
  for (const detail::RecordData& data : records) {
    for (std::uint32_t i = 0; i < data.field_count; ++i) {
      if (missing_.empty()) return;
      add(data.fields[i].key());
    }
  }
}

void FieldCheck::add(std::string_view name) {
  ++looked_at_;
  missing_.erase(name);
  if (names_.size() == kMostNames || name.size() > kLongestName) return;
  if (known_.emplace(name).second) names_.emplace_back(name);
}

}  // namespace weir::flow
