#pragma once

#include <vector>

#include "graph/spec/draft.h"

namespace weir {

/// A source has no more streams.
constexpr std::size_t kMostStreams = 64;

/// Where a source is to be read as several streams (TypeSpec::streams), each gets a source of its
/// own, and the stages below it are copied for each, down to the first one that has one `from` and
/// a `merge`, whose inputs the streams become. Where there is but one stream, or nothing to read
/// yet, all stays as it is. False if that is impossible, which is reported.
bool split_streams(std::vector<Draft>& drafts, std::vector<Link>& links, SpecBinder& binder);

}  // namespace weir
