#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir {

/// Why a record, or a whole stage, failed. Thrown from `process`, it fails the record; thrown from
/// a sink's `write`, all records of the batch that are not yet failed; thrown from `open` or a
/// source's `read`, it fails the run. `kind` is one word that reports count by ("json", "too_big",
/// "io"); `retryable` says whether a retry may help.
class Error : public std::runtime_error {
 public:
  Error(std::string kind, const std::string& message, bool retryable = true)
      : std::runtime_error(message), kind_(std::move(kind)), retryable_(retryable) {}

  const std::string& kind() const { return kind_; }
  bool retryable() const { return retryable_; }

 private:
  std::string kind_;
  bool retryable_;
};

/// A mistake in one option, found by a stage's constructor: becomes a diagnostic at that option's
/// value. `offset` is the byte in the value where the mistake is, if known.
class OptionError : public std::runtime_error {
 public:
  static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);

  OptionError(std::string option, const std::string& message, std::size_t offset = kWhole)
      : std::runtime_error(message), option_(std::move(option)), offset_(offset) {}

  const std::string& option() const { return option_; }
  std::size_t offset() const { return offset_; }

 private:
  std::string option_;
  std::size_t offset_;
};

}  // namespace weir
