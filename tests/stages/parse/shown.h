#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stages/builtin.h"
#include "tests/kit/stage_kit.h"
#include "weir/detail/json_text.h"

namespace weir::stages::test {

/// The fields that a type makes of one text, as "name=value ...", or its error. Text is shown
/// as JSON.
inline std::string parsed(const Registry& types, const std::string& type, const std::string& text,
                          std::vector<std::pair<std::string, Node>> options = {}) {
  kit::StageKit stage(types, type, kit::map(std::move(options)));
  const auto output = stage.transform_at_every_cut({{text, {}, {}}});
  if (output.empty()) return "(dropped)";
  if (!output.at(0).error.empty()) return output.at(0).error;
  std::string shown;
  for (const auto& [name, value] : output.at(0).fields) {
    shown += (shown.empty() ? "" : " ") + name + "=";
    if (value.starts_with('"')) {
      detail::append_json_string(shown, std::string_view(value).substr(1, value.size() - 2));
    } else {
      shown += value;
    }
  }
  return shown;
}

}  // namespace weir::stages::test
