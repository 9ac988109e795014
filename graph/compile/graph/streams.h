#pragma once

#include <vector>

#include "graph/compile/graph/draft.h"

namespace weir::compile {

/// The maximum number of streams of a source.
constexpr std::size_t kMostStreams = 64;

/// Splits each source that is read as several streams (TypeSpec::streams). Each stream gets a
/// source of its own. The stages below are copied for each stream, down to the first stage with one
/// `from` and a `merge`; the streams become its inputs. With only one stream, or nothing to read
/// yet, the graph stays as it is. Returns false, after reporting it, if the source cannot be split.
bool split_streams(Drafts& drafts, std::vector<Link>& links, SpecBinder& binder);

}  // namespace weir::compile
