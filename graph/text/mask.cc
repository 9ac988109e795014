#include "graph/text/mask.h"

#include <algorithm>

namespace weir::text {
namespace {

constexpr std::string_view kCut = "...";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// Replaces secrets of which a message quotes only the beginning, followed by "...".
void replace_cut(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t dots = text.find(kCut); dots != std::string::npos;
       dots = text.find(kCut, dots + 1)) {
    for (std::size_t size = std::min(dots, what.size()); size >= Mask::kShortest; --size) {
      if (text.compare(dots - size, size, what, 0, size) != 0) continue;
      text.replace(dots - size, size, by);
      dots = dots - size + by.size();
      break;
    }
  }
}

}  // namespace

void Mask::add(std::string_view value, std::string_view shown) {
  if (value.size() < kShortest) return;
  const auto same = [&](const Secret& known) { return known.value == value; };
  if (std::any_of(secrets_.begin(), secrets_.end(), same)) return;
  const auto shorter = [&](const Secret& known) { return known.value.size() < value.size(); };
  const auto place = std::find_if(secrets_.begin(), secrets_.end(), shorter);
  secrets_.insert(place, {std::string(value), std::string(shown)});
}

void Mask::add(const Mask& other) {
  for (const Secret& secret : other.secrets_) add(secret.value, secret.shown);
}

std::string Mask::operator()(std::string_view text) const {
  std::string out(text);
  for (const Secret& secret : secrets_) {
    replace_all(out, secret.value, secret.shown);
    replace_cut(out, secret.value, secret.shown);
  }
  return out;
}

std::string mask_pieces(std::string_view text, std::string_view value, std::string_view shown) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = Mask::kShortest;
    if (at + size > text.size() || value.find(text.substr(at, size)) == value.npos) {
      out += text[at++];
      continue;
    }
    while (at + size < text.size() && value.find(text.substr(at, size + 1)) != value.npos) ++size;
    out += shown;
    at += size;
  }
  return out;
}

}  // namespace weir::text
