#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "stages/hash/digest.h"
#include "weir/registry.h"

namespace weir::stages::hash {

/// The options of `hash`.
struct HashOptions {
  Algorithm algorithm = Algorithm::sha256;
  Field field;
  std::optional<std::string> into;
  std::uint64_t rounds = 1;
};

/// Makes the digest of the text or of a field, in hexadecimal.
///
/// Example:
///   - uses: hash
///     with: { algorithm: sha256, field: user, into: user_hash }
class Hash final : public Transform {
 public:
  explicit Hash(const HashOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  HashOptions options_;
};

Kinds kinds_of(const HashOptions& options);

}  // namespace weir::stages::hash

template <>
struct weir::EnumNames<weir::stages::hash::Algorithm> {
  static constexpr std::string_view names[] = {"sha256", "sha512",   "sha1",
                                               "md5",    "sha3_256", "crc32"};
};
