#pragma once

namespace weir::cli {

/// Has the C library load what it unwinds its own frames with. It does so when the first exception
/// passes one of them (in std::call_once, for example), and ends the process if it finds no memory
/// for it then. Call it before memory may be short.
void load_unwinder();

}  // namespace weir::cli
