#pragma once

#include "stages/http/transfer.h"
#include "weir/completion.h"

namespace weir::http {

/// A transfer and the record that waits for it.
class Exchange {
 public:
  /// `terms` and `options` must live as long as it.
  Exchange(const Terms& terms, const FetchOptions& options, Request request, Completion completion)
      : transfer_(terms, std::move(request)),
        options_(options),
        completion_(std::move(completion)) {}

  CURL* handle() const { return transfer_.handle(); }
  bool cancelled() const { return completion_.cancelled(); }

  /// Answers the record: with what came, or with an error.
  void finish(CURLcode code) noexcept;
  /// Answers that nobody works on it any more.
  void give_up() noexcept { completion_.fail("cancelled", "the request was cancelled"); }

 private:
  void fill(Record& record) const;
  void refuse();
  void fail(CURLcode code);

  Transfer transfer_;
  const FetchOptions& options_;
  Completion completion_;
};

}  // namespace weir::http
