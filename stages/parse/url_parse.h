#pragma once

#include "weir/result.h"
#include "weir/stage.h"

namespace weir::stages::parse {

/// Takes a URL apart, after RFC 3986: scheme, user, password, host, port, path, query, fragment.
/// What it does not have is null. The query becomes nested JSON, decoded.
///
/// Example:
///   - uses: url.parse
///     with: { field: path, prefix: url_ }
class UrlParse final : public Transform {
 public:
  struct Scratch {
    ResultWriter result;
    detail::MemberTable query;
  };

  explicit UrlParse(const ResultOptions& options);
  void process(Record& record, Call& call) const override;

 private:
  /// The members of a result, in this order.
  enum Member { kScheme, kUser, kPassword, kHost, kPort, kPath, kQuery, kFragment, kMembers };

  void take_authority(std::string_view authority, Value* members) const;
  Value query_of(std::string_view query, Record& record, detail::MemberTable& table) const;

  ResultPlace place_;
  std::string names_[kMembers];
};

}  // namespace weir::stages::parse
