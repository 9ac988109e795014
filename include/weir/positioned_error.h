#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "weir/error.h"

namespace weir {

/// An Error that a source throws and that stands at a position of its input. That of another Error
/// is the beginning of what the source was reading.
class PositionedError : public Error {
 public:
  PositionedError(std::string kind, const std::string& message, std::uint64_t position)
      : Error(std::move(kind), message), position_(position) {}
  std::uint64_t position() const { return position_; }

 private:
  std::uint64_t position_;
};

}  // namespace weir
