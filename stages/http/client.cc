#include "stages/http/client.h"

#include <signal.h>

#include <utility>

#include "weir/error.h"

namespace weir::http {
namespace {

/// curl counts its users; it is never told that this one is gone, for a plugin is never unloaded.
void init_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw Error("http", curl_easy_strerror(code));
}

CURLM* make_multi(long connections) {
  init_curl();
  CURLM* multi = curl_multi_init();
  if (!multi) throw Error("http", "curl cannot be started");
  if (connections > 0) curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
  return multi;
}

}  // namespace

Client::Client(long connections) : multi_(make_multi(connections)) {
  inbox_->multi = multi_;
  thread_ = std::thread([this] { run(); });
}

Client::~Client() {
  {
    std::lock_guard lock(inbox_->mutex);
    inbox_->stop = true;
    curl_multi_wakeup(multi_);
  }
  thread_.join();
  {
    std::lock_guard lock(inbox_->mutex);
    inbox_->multi = nullptr;
  }
  curl_multi_cleanup(multi_);
}

std::function<void()> Client::cancel(std::uint64_t number) const {
  return [weak = std::weak_ptr<Inbox>(inbox_), number] {
    const std::shared_ptr<Inbox> inbox = weak.lock();
    if (!inbox) return;
    std::lock_guard lock(inbox->mutex);
    if (!inbox->multi) return;
    inbox->cancelled.push_back(number);
    curl_multi_wakeup(inbox->multi);
  };
}

void Client::submit(std::uint64_t number, std::unique_ptr<Exchange> exchange) {
  std::lock_guard lock(inbox_->mutex);
  inbox_->arrived.emplace_back(number, std::move(exchange));
  // One wake-up for all that arrive before the thread looks.
  if (inbox_->arrived.size() == 1) curl_multi_wakeup(multi_);
}

void Client::run() {
  // A TLS connection that is gone must not end the process.
  sigset_t broken_pipe;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  // Its own timers and the wake-up end the wait; the bound is curl's advice.
  constexpr int kLongestWaitMs = 10'000;
  while (take_inbox()) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    finish_done();
    curl_multi_poll(multi_, nullptr, 0, kLongestWaitMs, nullptr);
  }
  while (!running_.empty()) give_up(running_.begin()->first);
}

bool Client::take_inbox() {
  std::vector<Numbered> arrived;
  std::vector<std::uint64_t> cancelled;
  bool stop = false;
  {
    std::lock_guard lock(inbox_->mutex);
    arrived.swap(inbox_->arrived);
    cancelled.swap(inbox_->cancelled);
    stop = inbox_->stop;
  }
  for (Numbered& exchange : arrived) begin(std::move(exchange));
  for (const std::uint64_t number : cancelled) give_up(number);
  return !stop;
}

void Client::begin(Numbered numbered) {
  auto& [number, exchange] = numbered;
  // Its cancellation may have been taken from the inbox before it arrived there.
  if (exchange->cancelled()) return exchange->give_up();
  CURL* const handle = exchange->handle();
  const CURLMcode code = curl_multi_add_handle(multi_, handle);
  if (code != CURLM_OK) return exchange->finish(CURLE_OUT_OF_MEMORY);
  numbers_.emplace(handle, number);
  running_.emplace(number, std::move(exchange));
}

void Client::give_up(std::uint64_t number) {
  const auto found = running_.find(number);
  if (found == running_.end()) return;  // It was answered before.
  const std::unique_ptr<Exchange> exchange = std::move(found->second);
  running_.erase(found);
  numbers_.erase(exchange->handle());
  curl_multi_remove_handle(multi_, exchange->handle());
  exchange->give_up();
}

void Client::finish_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto number = numbers_.extract(handle);
    const auto exchange = running_.extract(number.mapped());
    curl_multi_remove_handle(multi_, handle);
    exchange.mapped()->finish(code);
  }
}

}  // namespace weir::http
