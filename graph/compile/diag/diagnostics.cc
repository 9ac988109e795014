#include "graph/compile/diag/diagnostics.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "graph/text/edit_distance.h"

namespace weir::compile {
namespace {

/// The maximum number of diagnostics that are shown. A file that is no pipeline has a mistake on
/// every line, and nobody reads them all.
constexpr std::size_t kMost = 100;
/// The maximum number of candidates that are searched for a near name. No real file declares more
/// names, and searching more for every wrong name would take seconds.
constexpr std::size_t kMostCandidates = 1000;

auto place(const text::Diagnostic& d) { return std::tie(d.mark.line, d.mark.column); }

bool same(const text::Diagnostic& a, const text::Diagnostic& b) {
  return place(a) == place(b) && a.message == b.message;
}

}  // namespace

void Diagnostics::error(const Mark& mark, std::string message, std::string hint) {
  failed_ = true;
  if (crowded() || silenced(mark)) return;
  found_.push_back({file_, mark, text::Severity::error, std::move(message), std::move(hint)});
}

void Diagnostics::warning(const Mark& mark, std::string message, std::string hint) {
  // Warnings leave half of the room to errors.
  if (found_.size() >= kMost / 2 || silenced(mark)) return;
  found_.push_back({file_, mark, text::Severity::warning, std::move(message), std::move(hint)});
}

void Diagnostics::note(const Mark& mark, std::string message) {
  if (found_.size() >= kMost / 2 || silenced(mark)) return;
  found_.push_back({file_, mark, text::Severity::note, std::move(message), {}});
}

void Diagnostics::silence(const Mark& mark) {
  std::uint32_t& end = silent_[{mark.line, mark.column}];
  end = std::max(end, mark.column + mark.length);
}

bool Diagnostics::silenced(const Mark& mark) const {
  const auto next = silent_.upper_bound({mark.line, mark.column});
  if (next == silent_.begin()) return false;
  const auto& [begin, end] = *std::prev(next);
  return begin.first == mark.line && mark.column < end;
}

void Diagnostics::add(const Diagnostics& other) {
  failed_ |= other.failed_;
  for (const text::Diagnostic& d : other.found_) {
    if (!silenced(d.mark)) found_.push_back(d);
  }
  silent_.insert(other.silent_.begin(), other.silent_.end());
  mask_.add(other.mask_);
  hidden_.insert(hidden_.end(), other.hidden_.begin(), other.hidden_.end());
}

std::vector<text::Diagnostic> Diagnostics::take() {
  const auto before = [](const text::Diagnostic& a, const text::Diagnostic& b) {
    return place(a) < place(b);
  };
  std::stable_sort(found_.begin(), found_.end(), before);
  std::vector<text::Diagnostic> result;
  for (text::Diagnostic& d : found_) {
    const bool known =
        std::any_of(result.rbegin(), result.rend(), [&](const auto& r) { return same(r, d); });
    if (known) continue;
    if (result.size() == kMost) {
      result.push_back(
          {file_, {}, text::Severity::note, "there is more; the rest is not shown", {}});
      break;
    }
    d.message = mask_(d.message);
    d.hint = mask_(d.hint);
    result.push_back(std::move(d));
  }
  found_.clear();
  return result;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (candidates.size() > kMostCandidates) return {};
  const std::string* found = text::nearest(word, candidates);
  return found ? "did you mean '" + *found + "'?" : std::string();
}

}  // namespace weir::compile
