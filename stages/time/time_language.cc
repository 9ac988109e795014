#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "stages/builtin.h"
#include "stages/time/rules.h"
#include "weir/in_quotes.h"

namespace weir::stages::time {
namespace {

using Part = TimeProblem::Part;

/// Compiles formats. `now` is when it was made, which is the start of the run: all stages of a run
/// take the same time for it.
class Language final : public detail::TimeLanguage {
 public:
  std::shared_ptr<const detail::TimeRules> compile(const TimeSpec& spec,
                                                   TimeProblem& problem) const override {
    return compile(spec, false, problem);
  }
  std::shared_ptr<const detail::TimeRules> compile_to_write(const TimeSpec& spec,
                                                            TimeProblem& problem) const override {
    return compile(spec, true, problem);
  }

 private:
  std::shared_ptr<const detail::TimeRules> compile(const TimeSpec& spec, bool write,
                                                   TimeProblem& problem) const {
    std::vector<Format> formats;
    std::optional<Zone> zone = Zone();
    std::int64_t reference = now_;
    if (!compile_formats(spec, write, formats, problem)) return nullptr;
    if (spec.zone) zone = find_zone(*spec.zone, problem);
    if (!zone || !read_reference(spec, formats, *zone, reference, problem)) return nullptr;
    return std::make_shared<Rules>(std::move(formats), Completion(*zone, reference), spec);
  }

  static bool compile_formats(const TimeSpec& spec, bool write, std::vector<Format>& formats,
                              TimeProblem& problem) {
    problem.part = Part::format;
    const std::size_t most = write ? 1 : TimeSpec::kMostFormats;
    if (spec.formats.empty() || spec.formats.size() > most) {
      problem.format = spec.formats.size();
      problem.message = "expected 1 to " + std::to_string(most) + " formats, got " +
                        in_quotes(std::to_string(spec.formats.size()));
      return false;
    }
    for (const std::string& text : spec.formats) {
      problem.format = formats.size();
      if (!formats.emplace_back().compile(text, write, problem)) return false;
    }
    return true;
  }

  static std::optional<Zone> find_zone(const std::string& name, TimeProblem& problem) {
    std::optional<Zone> zone = Zone::find(name);
    if (zone) return zone;
    problem.part = Part::zone;
    problem.message = "unknown zone " + in_quotes(name);
    problem.word = name;
    problem.candidates = zone_names();
    problem.hint = problem.candidates.empty() ? "no time zones on this machine: install tzdata"
                                              : "write it as Europe/Berlin, UTC, local or +02:00";
    return std::nullopt;
  }

  static bool read_reference(const TimeSpec& spec, const std::vector<Format>& formats,
                             const Zone& zone, std::int64_t& reference, TimeProblem& problem) {
    if (!spec.reference) return true;
    problem.part = Part::reference;
    bool years = true;
    for (const Format& format : formats) years = years && format.has_year();
    if (years) {
      problem.message = "'reference' needs a format without a year";
      return false;
    }
    if (*spec.reference == "now") return true;
    detail::TimeReader reader(*spec.reference);
    std::int64_t fraction = 0;
    if (!reader.read(reference, fraction)) {
      problem.message = "expected an ISO time or now, got " + in_quotes(*spec.reference);
      return false;
    }
    if (!reader.has_offset()) reference = zone.utc_of(reference);
    return true;
  }

  const std::int64_t now_ = std::chrono::duration_cast<std::chrono::seconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count();
};

}  // namespace
}  // namespace weir::stages::time

namespace weir::stages {

const detail::TimeLanguage& time_language() {
  static const time::Language language;
  return language;
}

}  // namespace weir::stages
