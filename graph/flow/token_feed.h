#pragma once

#include "graph/flow/environment.h"
#include "graph/flow/share.h"
#include "graph/flow/token.h"

namespace weir {

/// Where a source puts the records of one token: into `work`, with roots and credits of `token`.
class TokenFeed final : public Feed {
 public:
  TokenFeed(Environment& env, Share& share, Token& token, Workspace& work,
            std::uint32_t want_records, std::uint64_t want_bytes);

  std::uint32_t begin_part(Part part) override;
  void hand_out(const Split& split) override;

  std::uint64_t bytes() const { return bytes_; }
  bool handed_out() const { return handed_out_; }
  /// Books what was appended: from then on it stands in `work` and in the token's roots.
  void book();

 private:
  std::uint16_t source() const { return token_.source; }
  void make_room() override;
  void reject_size(Record& record, std::size_t size) override;

  Environment& env_;
  Share& share_;
  Token& token_;
  Workspace& work_;
  bool handed_out_ = false;
};

/// Loads what is left of the token's split into `work`, at most `want_records`, and settles what
/// the source failed. What the source throws fails the run behind the records already loaded.
void load_split(Environment& env, Share& share, class StageRunner& source, Token& token,
                Workspace& work, std::uint32_t want_records, std::uint64_t want_bytes);

/// After a source has filled a feed: counts what entered, gives surplus credits back, and lets the
/// records that the source failed meet its policy.
void settle_feed(Environment& env, Share& share, class StageRunner& source, Token& token,
                 Workspace& work, TokenFeed& feed);

/// The source has failed behind all that `token` holds: by its `on_error` that ends the run, or
/// its own input alone. Only inside a catch block.
void fail_at_source(Environment& env, Token& token);

}  // namespace weir
