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
#include "stages/http/host_lines.h"

namespace weir::stages::http {

/// Runs any number of exchanges on one thread of its own, and answers them on that thread.
/// Connections are reused.
class Client {
 public:
  /// `connections` is the number of requests to one host at a time; 0 sets no bound. Throws Error
  /// of kind `http`.
  explicit Client(long connections);
  /// Gives up the exchanges that are still running.
  ~Client();

  /// Returns the number of the next exchange, for `cancel` and `submit`.
  std::uint64_t number() { return next_++; }
  /// Returns a function that cancels exchange `number`. Any thread may call it at any time, also
  /// when the client is gone.
  std::function<void()> cancel(std::uint64_t number) const;
  void submit(std::uint64_t number, std::unique_ptr<Exchange> exchange);

 private:
  using Numbered = std::pair<std::uint64_t, std::unique_ptr<Exchange>>;

  /// Messages from other threads.
  struct Inbox {
    std::mutex mutex;
    CURLM* multi = nullptr;  ///< Wakes the thread; null once the client is gone.
    std::vector<Numbered> arrived;
    std::vector<std::uint64_t> cancelled;
    bool stop = false;
  };

  void run();
  /// Returns false if the client must stop.
  bool take_inbox();
  void begin(Numbered exchange);
  /// Lets an exchange ask its host, at once or when its turn comes.
  void ask(std::uint64_t number);
  /// Begins an exchange whose turn has come. Returns false if it does not begin; it is answered
  /// then.
  bool go(std::uint64_t number);
  /// Ends the turn of an exchange and gives it to the next in line for that host.
  void ask_no_more(std::uint64_t number);
  /// Forgets an exchange that is answered.
  void end(std::uint64_t number);
  void give_up(std::uint64_t number);
  void finish_done();

  CURLM* multi_;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::uint64_t next_ = 0;
  // Only `thread_` uses these three:
  std::unordered_map<std::uint64_t, std::unique_ptr<Exchange>> running_;
  std::unordered_map<CURL*, std::uint64_t> numbers_;
  HostLines lines_;
  std::thread thread_;
};

}  // namespace weir::stages::http
