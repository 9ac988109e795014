#include "graph/flow/call_threads.h"

#include <algorithm>
#include <system_error>

namespace weir {

CallThreads::~CallThreads() { stop(Clock::now()); }

void CallThreads::run(std::shared_ptr<Attempt> attempt, int most) {
  const std::lock_guard lock(shared_->mutex);
  shared_->queue.push_back(std::move(attempt));
  if (shared_->idle >= static_cast<int>(shared_->queue.size())) {
    shared_->work_there.notify_one();
    return;
  }
  if (shared_->counted >= most) return;  // One of those that work takes it next.
  ++shared_->counted;
  Worker* const worker = shared_->workers.emplace_back(std::make_unique<Worker>()).get();
  try {
    std::thread([shared = shared_, worker] { loop(shared, worker); }).detach();
  } catch (const std::system_error&) {
    // Those that are there do with what the system gives; without any nothing can be done.
    shared_->workers.pop_back();
    if (--shared_->counted == 0) throw;
  }
}

void CallThreads::loop(const std::shared_ptr<Shared>& shared, Worker* worker) {
  {
    Scratch scratch;
    std::unique_lock lock(shared->mutex);
    while (!worker->written_off) {
      ++shared->idle;
      shared->work_there.wait(lock, [&] { return !shared->queue.empty() || shared->stopping; });
      --shared->idle;
      if (shared->queue.empty()) break;
      std::shared_ptr<Attempt> attempt = std::move(shared->queue.front());
      shared->queue.pop_front();
      worker->attempt = attempt.get();
      lock.unlock();
      shared->work(attempt, scratch);
      lock.lock();
      worker->attempt = nullptr;  // Before its memory may be another one's.
      lock.unlock();
      attempt.reset();
      lock.lock();
    }
    lock.unlock();
    scratch.reset();
  }
  const std::lock_guard lock(shared->mutex);
  --(worker->written_off ? shared->hanging : shared->counted);
  std::erase_if(shared->workers, [&](const auto& known) { return known.get() == worker; });
  shared->ended.notify_all();
}

bool CallThreads::write_off(const Attempt& attempt) {
  const std::lock_guard lock(shared_->mutex);
  const auto queued = std::find_if(shared_->queue.begin(), shared_->queue.end(),
                                   [&](const auto& waiting) { return waiting.get() == &attempt; });
  if (queued != shared_->queue.end()) {
    shared_->queue.erase(queued);
    return false;
  }
  for (const auto& worker : shared_->workers) {
    if (worker->attempt != &attempt || worker->written_off) continue;
    worker->written_off = true;
    --shared_->counted;
    ++shared_->hanging;
    return true;
  }
  return false;
}

int CallThreads::hanging() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->hanging;
}

bool CallThreads::stop(Clock::time_point until) {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->queue.clear();
  shared_->work_there.notify_all();
  return shared_->ended.wait_until(lock, until,
                                   [this] { return shared_->counted + shared_->hanging == 0; });
}

}  // namespace weir
