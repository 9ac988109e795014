#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "stages/http/exchange.h"

namespace weir::http {

/// Runs exchanges, as many at a time as it gets, on one thread of its own; connections are used
/// again. Its exchanges are answered on that thread.
class Client {
 public:
  /// `connections`: how many to one host at a time; 0: no bound. Throws Error of kind `http`.
  explicit Client(long connections);
  /// Gives up what is still going on.
  ~Client();

  /// The number of the next exchange, for `cancel` and `submit`.
  std::uint64_t number() { return next_++; }
  /// What cancels exchange `number`; for any thread, at any time, also when the client is gone.
  std::function<void()> cancel(std::uint64_t number) const;
  void submit(std::uint64_t number, std::unique_ptr<Exchange> exchange);

 private:
  using Numbered = std::pair<std::uint64_t, std::unique_ptr<Exchange>>;

  /// What comes from other threads.
  struct Inbox {
    std::mutex mutex;
    CURLM* multi = nullptr;  ///< To wake; null once the client is gone.
    std::vector<Numbered> arrived;
    std::vector<std::uint64_t> cancelled;
    bool stop = false;
  };

  void run();
  /// False if the client is to stop.
  bool take_inbox();
  void begin(Numbered exchange);
  void give_up(std::uint64_t number);
  void finish_done();

  CURLM* multi_;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Exchange>> running_;  ///< Its thread's own.
  std::unordered_map<CURL*, std::uint64_t> numbers_;                      ///< Its thread's own.
  std::thread thread_;
};

}  // namespace weir::http
