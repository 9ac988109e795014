#pragma once

#include <string>
#include <vector>

#include "tests/stages/http/fixture.h"

namespace weir::http_test {

using kit::Datum;

inline std::vector<Datum> fetch(Node options,
                                const std::vector<Datum>& records = {{"text", {}, {}}}) {
  return kit::StageKit(types(), "http.fetch", std::move(options)).transform_at_every_cut(records);
}

inline std::string fetched(Node options, const Datum& record = {"text", {}, {}}) {
  const Datum out = fetch(std::move(options), {record}).at(0);
  return out.error.empty() ? out.text : "error " + out.error;
}

/// The same, asked just once.
inline std::string asked(const std::string& url) {
  kit::StageKit stage(types(), "http.fetch", with(url));
  return stage.transform({{"", {}, {}}}).at(0).text;
}

/// One failure and what it says beside its message.
struct Failed {
  std::string error;
  kit::Failure failure;
};
inline Failed failed(Node options, const Datum& record = {"text", {}, {}}, int attempt = 1) {
  kit::StageKit stage(types(), "http.fetch", std::move(options));
  stage.set_attempt(attempt);
  const auto out = stage.transform({record});
  REQUIRE(stage.failures().size() == 1);
  return {out.at(0).error, stage.failures().at(0)};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace weir::http_test
