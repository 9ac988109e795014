#include "stages/http/client.h"

#include <signal.h>

#include <utility>

#include "weir/error.h"

namespace weir::stages::http {
namespace {

/// Initialises curl, which counts its users. The count is never decreased, since a plugin is never
/// unloaded.
void init_curl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw Error("http", curl_easy_strerror(code));
}

CURLM* make_multi() {
  init_curl();
  CURLM* multi = curl_multi_init();
  if (!multi) throw Error("http", "curl cannot be started");
  return multi;
}

}  // namespace

Client::Client(long connections) : multi_(make_multi()), lines_(connections) {
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
  // One wake-up suffices for all exchanges that arrive before the thread looks.
  if (inbox_->arrived.size() == 1) curl_multi_wakeup(multi_);
}

void Client::run() {
  // A TLS connection that is gone must not end the process.
  sigset_t broken_pipe;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  // curl's own timers and the wake-up end the wait. The bound follows curl's advice.
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
  // Its cancellation may have been taken from the inbox before the exchange arrived there.
  if (exchange->cancelled()) return exchange->give_up();
  numbers_.emplace(exchange->handle(), number);
  running_.emplace(number, std::move(exchange));
  ask(number);
}

void Client::ask(std::uint64_t number) {
  Exchange& exchange = *running_.at(number);
  if (lines_.bounded() && !lines_.enter(exchange.origin(), number)) return exchange.waits();
  if (!go(number)) end(number);
}

bool Client::go(std::uint64_t number) {
  Exchange& exchange = *running_.at(number);
  // If many are given up at once, the later ones are told later: their hosts need not be asked.
  if (exchange.cancelled()) {
    exchange.give_up();
    return false;
  }
  exchange.begins();
  if (curl_multi_add_handle(multi_, exchange.handle()) == CURLM_OK) return true;
  exchange.finish(CURLE_OUT_OF_MEMORY);
  return false;
}

void Client::ask_no_more(std::uint64_t number) {
  std::optional<std::uint64_t> next = lines_.leave(number);
  while (next && !go(*next)) {
    const auto ended = running_.extract(*next);
    numbers_.erase(ended.mapped()->handle());
    next = lines_.leave(ended.key());
  }
}

void Client::end(std::uint64_t number) {
  numbers_.erase(running_.at(number)->handle());
  running_.erase(number);
  ask_no_more(number);
}

void Client::give_up(std::uint64_t number) {
  const auto found = running_.find(number);
  if (found == running_.end()) return;  // It was answered before.
  curl_multi_remove_handle(multi_, found->second->handle());
  found->second->give_up();
  end(number);
}

void Client::finish_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const handle = message->easy_handle;
    const CURLcode code = message->data.result;
    curl_multi_remove_handle(multi_, handle);
    const std::uint64_t number = numbers_.at(handle);
    Exchange& exchange = *running_.at(number);
    if (exchange.follow(code)) {
      ask_no_more(number);
      ask(number);
    } else {
      exchange.finish(code);
      end(number);
    }
  }
}

}  // namespace weir::stages::http
