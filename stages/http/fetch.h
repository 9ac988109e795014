#pragma once

#include <memory>

#include "stages/http/client.h"
#include "weir/registry.h"

namespace weir::stages::http {

/// Asks an HTTP service about each record. Thousands of requests wait on one thread. A body that
/// is still coming in is not in the memory ledger: `workers` times `max_size` bounds it.
///
/// Example:
///   - uses: http.fetch
///     with:
///       url: 'http://localhost:8080/users/{user}'
///       into: user
///     workers: 100
class Fetch final : public AsyncTransform {
 public:
  explicit Fetch(const FetchOptions& options);

  void open(Context& context) override;
  void start(Completion completion) override;
  void close() override { client_.reset(); }
  /// Returns the request line and body that the service would get.
  std::string question(const Record& record) const;

 private:
  FetchOptions options_;
  Terms terms_;
  std::unique_ptr<Client> client_;
};

}  // namespace weir::stages::http
