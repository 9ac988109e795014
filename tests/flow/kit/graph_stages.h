#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/flow/kit/test_stages.h"

namespace weir::flow::test {

/// What a stage with several ports does with a record: decided by seed and text. Percentages.
struct SplitOptions {
  std::int64_t seed = 1;
  std::int64_t ports = 2;
  std::int64_t both = 0;  ///< Emits two, by different ports.
  std::int64_t drop = 0;
  std::int64_t fail = 0;
  std::int64_t delay_us = 0;  ///< Up to so long.
};

/// What a stage at the end of a loop does: it sends a record back, by port 1, up to `rounds` times.
struct AgainOptions {
  std::int64_t seed = 1;
  std::int64_t rounds = 1;
  std::int64_t both = 0;  ///< Of those sent back: one more leaves by port 0.
  std::int64_t fail = 0;
  std::int64_t delay_us = 0;
};

/// A record by a port. One alone is sent, several are emitted, none is dropped.
struct PortVerdict {
  bool failed = false;
  std::vector<std::pair<std::uint8_t, std::string>> out;
};
PortVerdict decide_ports(const SplitOptions& options, std::string_view text);
PortVerdict decide_ports(const AgainOptions& options, std::string_view text);

/// What a branch of a race makes of a record, by seed and text, without a change to it.
/// Percentages.
struct RacerOptions {
  std::int64_t seed = 1;
  std::int64_t drop = 0;
  std::int64_t fail = 0;
  std::int64_t delay_us = 0;
};
enum class RacerVerdict : std::uint8_t { good, failed, dropped };
RacerVerdict decide_race(const RacerOptions& options, std::string_view text);

/// What graph.stamp sets field `t` to, for the record that it sees as number `count`, from 0 on.
struct StampOptions {
  std::int64_t offset = 0;
  std::int64_t step = 1;
  std::int64_t equal = 1;  ///< So many neighbours get the same.
};
std::int64_t stamp_of(const StampOptions& options, std::int64_t count);

/// What graph.window emits for records that it has taken in.
std::string window_text(std::string_view first, std::uint64_t count);

/// Registers graph.split and graph.split_async (ports `p0`, `p1`, ...), graph.again and
/// graph.again_async (ports `out`, `retry`), graph.racer and graph.racer_async, graph.note (the
/// text becomes field `p`), graph.zip (the text becomes all fields `p` of the partners),
/// graph.stamp, graph.number, graph.window (one record for each `size`), graph.tag (`tag` before
/// the text), graph.join (says behind the text by which input it came).
void add_graph_stages(Registry& registry);

}  // namespace weir::flow::test
