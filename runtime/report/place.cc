#include "runtime/report/place.h"

#include <array>

#include "runtime/report/line_number.h"
#include "runtime/terminal/figures.h"

namespace weir::cli {
namespace {

/// The words for what the record was doing, in the order of Doing; empty for a plain attempt.
constexpr std::array<const char*, flow::kDoingNames.size()> kDone = {
    ", waiting for a permit",      ", waiting for a call of its key",
    ", waiting for its rate",      "",
    ", waiting to be retried",     ", waiting for memory",
    ", done, behind a stage below"};

std::string byte_place(const std::string& part, std::uint64_t position, const text::Mask& mask) {
  if (part.empty()) return "record " + grouped(position + 1);
  return shown_text(mask(part)) + ", byte " + grouped(position);
}

std::string attempt_text(const flow::HeadOfLine& head) {
  const std::string attempt =
      head.attempt > 1 ? ", attempt " + std::to_string(head.attempt) : std::string();
  return attempt + kDone[static_cast<std::size_t>(head.doing)];
}

}  // namespace

std::string place(const std::string& part, std::uint64_t position, const text::Mask& mask,
                  std::uint64_t counted) {
  const auto line = part.empty()  ? std::nullopt
                    : counted > 0 ? std::optional(counted)
                                  : line_number(part, position);
  if (!line) return byte_place(part, position, mask);
  return shown_text(mask(part)) + ":" + std::to_string(*line) + " (byte " + grouped(position) + ")";
}

std::string hold_text(const flow::HeadOfLine& head, const text::Mask& mask) {
  return place(head.part, head.origin.position, mask) + " held all others for " +
         shown_seconds(head.seconds) + " in '" + head.stage + "'" + attempt_text(head);
}

std::string live_hold_text(const flow::HeadOfLine& head, const text::Mask& mask) {
  return "'" + head.stage + "' holds for " + shown_seconds(head.seconds) + " at " +
         byte_place(head.part, head.origin.position, mask) + attempt_text(head);
}

}  // namespace weir::cli
