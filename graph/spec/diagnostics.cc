#include "graph/spec/diagnostics.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "graph/text/edit_distance.h"

namespace weir {
namespace {

/// A file that is no pipeline at all has a mistake on every line; nobody reads on from here.
constexpr std::size_t kMost = 100;
/// Nobody declares that many names; looking through them for every wrong one would take seconds.
constexpr std::size_t kMostCandidates = 1000;

auto place(const Diagnostic& d) { return std::tie(d.mark.line, d.mark.column); }

bool same(const Diagnostic& a, const Diagnostic& b) {
  return place(a) == place(b) && a.message == b.message;
}

}  // namespace

void Diagnostics::error(const Mark& mark, std::string message, std::string hint) {
  failed_ = true;
  if (crowded() || silenced(mark)) return;
  found_.push_back({file_, mark, Severity::error, std::move(message), std::move(hint)});
}

void Diagnostics::warning(const Mark& mark, std::string message, std::string hint) {
  // Warnings never take the room of errors.
  if (found_.size() >= kMost / 2 || silenced(mark)) return;
  found_.push_back({file_, mark, Severity::warning, std::move(message), std::move(hint)});
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
  for (const Diagnostic& d : other.found_) {
    if (!silenced(d.mark)) found_.push_back(d);
  }
  silent_.insert(other.silent_.begin(), other.silent_.end());
}

std::vector<Diagnostic> Diagnostics::take() {
  const auto before = [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); };
  std::stable_sort(found_.begin(), found_.end(), before);
  std::vector<Diagnostic> result;
  for (Diagnostic& d : found_) {
    const bool known =
        std::any_of(result.rbegin(), result.rend(), [&](const auto& r) { return same(r, d); });
    if (known) continue;
    if (result.size() == kMost) {
      result.push_back({file_, {}, Severity::note, "there is more; the rest is not shown", {}});
      break;
    }
    result.push_back(std::move(d));
  }
  found_.clear();
  return result;
}

std::string quoted(std::string_view word) {
  constexpr std::size_t kLongest = 60;
  if (word.size() <= kLongest) return "'" + std::string(word) + "'";
  // Not through the middle of a character.
  std::size_t cut = kLongest;
  while (cut > 0 && (static_cast<unsigned char>(word[cut]) & 0xC0) == 0x80) --cut;
  return "'" + std::string(word.substr(0, cut)) + "...'";
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
  if (candidates.size() > kMostCandidates) return {};
  const std::string* found = nearest(word, candidates);
  return found ? "did you mean '" + *found + "'?" : std::string();
}

}  // namespace weir
