#pragma once

#include <cstdint>
#include <string>

#include "stages/file/codec.h"
#include "stages/file/fd.h"

namespace weir::stages::file {

/// The compressed size from which on a part of a file is decoded by itself.
constexpr std::uint64_t kPartSize = std::uint64_t{512} * 1024;

/// Returns where a part of a compressed file ends that begins at `begin`, where a member or frame
/// begins: behind a block of bgzf (gzip with an extra field that says how large it is) or a frame
/// of zstd, at least kPartSize on. Returns `end`, the file's size, where it cannot be cut before.
/// Nothing is promised of a damaged file but that its parts are the whole.
std::uint64_t part_end(const Fd& fd, Codec codec, std::uint64_t begin, std::uint64_t end);

}  // namespace weir::stages::file
