#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::stages::file {

/// The first bytes of a frame, collected from input that arrives in pieces, so that a decoder can
/// see what the frame needs before its library does.
class FrameStart {
 public:
  /// Takes bytes from the front of `in` until it has `wanted`. Returns whether it has.
  bool collect(std::string_view& in, std::size_t wanted) {
    if (bytes_.size() < wanted) {
      const std::size_t size = std::min(in.size(), wanted - bytes_.size());
      bytes_.append(in.substr(0, size));
      in.remove_prefix(size);
    }
    return bytes_.size() >= wanted;
  }
  std::string_view bytes() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }
  void clear() { bytes_.clear(); }

 private:
  std::string bytes_;
};

}  // namespace weir::stages::file
