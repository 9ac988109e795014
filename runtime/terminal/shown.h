#pragma once

#include "graph/flow/api/report.h"
#include "graph/text/mask.h"

namespace weir::cli {

/// Returns the error without secrets; its other bytes are unchanged.
flow::ErrorSample masked(flow::ErrorSample error, const text::Mask& mask);

/// Returns the report as people may see it: without secrets, and without bytes that steer a
/// terminal, in every text from data, plugins and services. The names of parts keep their bytes,
/// since files are looked up by them, and so do excerpts, which are cut to the screen; the code
/// that prints these makes them safe.
flow::Report shown(flow::Report report, const text::Mask& mask);

}  // namespace weir::cli
