#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stages/file/follower.h"
#include "stages/file/framing.h"
#include "stages/file/rules.h"
#include "weir/registry.h"

namespace weir::stages::file {

enum class Decompression : std::uint8_t { automatic, none };
enum class Streams : std::uint8_t { one, per_file };
enum class FollowStart : std::uint8_t { begin, end };

/// The options of `file.read`.
struct FileReadOptions {
  std::vector<std::string> path;
  FramingOption framing;
  std::vector<std::string> exclude;
  std::optional<bool> header;
  std::optional<Bytes> max_record;
  Decompression compression = Decompression::automatic;
  Encoding encoding = Encoding::automatic;
  std::optional<OnInvalid> on_invalid;
  Streams streams = Streams::one;
  bool follow = false;
  std::optional<FollowStart> start;
  std::optional<Duration> scan;
  std::optional<Duration> rotate_wait;
  Framing csv;         ///< Not an option: how the next stage reads csv.
  bool lines = false;  ///< Not an option: true if a stage reads the lines of records.
  std::shared_ptr<Siblings> siblings;  ///< Not an option: of streams that follow a file each.
};

/// Fills in the framing that the next stage wants, where the YAML leaves it open.
void set_framing(FileReadOptions& options, const Framing& wanted);

/// Returns options for each file that `path` names now, with that path alone. The list is empty if
/// a file cannot be found, which `open` then reports. Returns std::nullopt if all files are one
/// stream.
std::optional<std::vector<FileReadOptions>> split_streams(const FileReadOptions& options);

/// Returns the rules by which records are cut, but for those that only `open` knows. Throws
/// OptionError for options that do not go together.
Rules rules_of(const FileReadOptions& options);

/// Returns how the files are followed.
Following following_of(const FileReadOptions& options);

}  // namespace weir::stages::file

template <>
struct weir::EnumNames<weir::stages::file::Decompression> {
  static constexpr std::string_view names[] = {"auto", "none"};
};

template <>
struct weir::EnumNames<weir::stages::file::Streams> {
  static constexpr std::string_view names[] = {"one", "per_file"};
};

template <>
struct weir::EnumNames<weir::stages::file::FollowStart> {
  static constexpr std::string_view names[] = {"begin", "end"};
};
