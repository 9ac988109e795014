#include "runtime/place.h"

#include <array>

#include "runtime/figures.h"
#include "runtime/line_number.h"

namespace weir {
namespace {

/// What it did, unless it simply ran; in the order of Doing.
constexpr std::array<const char*, kDoingNames.size()> kDone = {
    ", waiting for a permit",  ", waiting for its rate", "",
    ", waiting to be retried", ", waiting for memory",   ", done, behind a stage below"};

std::string byte_place(const std::string& part, std::uint64_t position) {
  if (part.empty()) return "record " + grouped(position + 1);
  return part + ", byte " + grouped(position);
}

std::string attempt_text(const HeadOfLine& head) {
  const std::string attempt =
      head.attempt > 1 ? ", attempt " + std::to_string(head.attempt) : std::string();
  return attempt + kDone[static_cast<std::size_t>(head.doing)];
}

}  // namespace

std::string place(const std::string& part, std::uint64_t position) {
  const auto line = part.empty() ? std::nullopt : line_number(part, position);
  if (!line) return byte_place(part, position);
  return part + ":" + std::to_string(*line) + " (byte " + grouped(position) + ")";
}

std::string hold_text(const HeadOfLine& head) {
  return place(head.part, head.origin.position) + " held all others for " +
         shown_seconds(head.seconds) + " in '" + head.stage + "'" + attempt_text(head);
}

std::string live_hold_text(const HeadOfLine& head) {
  return "'" + head.stage + "' holds for " + shown_seconds(head.seconds) + " at " +
         byte_place(head.part, head.origin.position) + attempt_text(head);
}

}  // namespace weir
