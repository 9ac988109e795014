#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

namespace weir {

/// The failure of a record, or of a whole stage. Thrown from `process`, it fails the record; thrown
/// from a sink's `write`, it fails all records of the batch that have not failed yet; thrown from
/// `open` or a source's `read`, it fails the run. `kind` is one word by which reports count
/// ("json", "too_big", "io"); `retryable` says whether a retry may help.
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

/// A mistake in one option, thrown by a stage's constructor. It becomes a diagnostic at that
/// option's value. `offset` is the byte in the value at which the mistake is, if known.
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
