#include "runtime/terminal/shown.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// Masks the texts of a report and makes them safe to show, in place.
class Shown {
 public:
  explicit Shown(const text::Mask& mask) : mask_(mask) {}

  void operator()(std::string& text) const { text = shown_text(mask_(text)); }

  void operator()(std::map<std::string, std::uint64_t>& counts) const {
    std::map<std::string, std::uint64_t> out;
    for (const auto& [name, count] : counts) out[shown_text(mask_(name))] += count;
    counts = std::move(out);
  }

  void operator()(flow::ErrorSample& sample) const {
    (*this)(sample.stage);
    (*this)(sample.kind);
    (*this)(sample.message);
    sample.excerpt = mask_(sample.excerpt);
  }

 private:
  const text::Mask& mask_;
};

}  // namespace

flow::ErrorSample masked(flow::ErrorSample error, const text::Mask& mask) {
  for (std::string* text : {&error.kind, &error.message, &error.part, &error.excerpt}) {
    *text = mask(*text);
  }
  return error;
}

flow::Report shown(flow::Report report, const text::Mask& mask) {
  const Shown show(mask);
  show(report.failure);
  for (flow::ErrorSample& sample : report.samples) show(sample);
  for (auto& reasons : report.reasons) show(reasons);
  for (flow::StageReport& stage : report.stages) {
    show(stage.errors);
    show(stage.counters);
  }
  show(report.leftover);
  return report;
}

}  // namespace weir::cli
