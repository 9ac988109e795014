#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "stages/http/transfer.h"
#include "stages/http/url.h"
#include "weir/completion.h"

namespace weir::stages::http {

/// A transfer and the record that waits for it.
class Exchange {
 public:
  /// `terms` and `options` must outlive the exchange.
  Exchange(const Terms& terms, const FetchOptions& options, Request request, Completion completion)
      : transfer_(terms, std::move(request)),
        options_(options),
        completion_(std::move(completion)) {}

  CURL* handle() const { return transfer_.handle(); }
  bool cancelled() const { return completion_.cancelled(); }
  /// Returns the origin that is asked, after redirects.
  std::string origin() const { return Url(transfer_.url()).origin(); }

  /// Reports that it waits in a line, where its timeout does not run, until its turn comes.
  void waits() noexcept { completion_.waits(); }
  void begins() noexcept { completion_.begins(); }

  /// Returns whether the answer redirects it; the handle is then ready for the next request.
  bool follow(CURLcode code) noexcept;
  /// Answers the record with what came, or with an error. Does nothing if the record was answered.
  void finish(CURLcode code) noexcept;
  /// Answers the record with an error: nobody works on it any more.
  void give_up() noexcept { completion_.fail("cancelled", "the request was cancelled"); }

 private:
  void fill(Record& record) const;
  void refuse();
  void fail(CURLcode code);
  void fail(std::string_view kind, std::string_view message, bool retryable = true,
            std::chrono::seconds retry_after = {});

  Transfer transfer_;
  const FetchOptions& options_;
  Completion completion_;
};

}  // namespace weir::stages::http
