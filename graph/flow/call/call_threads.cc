#include "graph/flow/call/call_threads.h"

#include <algorithm>
#include <system_error>

namespace weir::flow {

CallThreads::CallThreads(Work work) : shared_(std::make_shared<Shared>()) {
  shared_->work = std::move(work);
  const Lock lock(shared_->mutex);
  start_one();
}

CallThreads::~CallThreads() { stop(Clock::now()); }

void CallThreads::start_one() {
  Worker* const worker = shared_->workers.emplace_back(std::make_unique<Worker>()).get();
  ++shared_->counted;
  try {
    std::thread([shared = shared_, worker] { loop(shared, worker); }).detach();
  } catch (...) {
    shared_->workers.pop_back();
    --shared_->counted;
    throw;
  }
}

void CallThreads::run(std::shared_ptr<Attempt> attempt, int most) {
  const Lock lock(shared_->mutex);
  shared_->queue.push_back(std::move(attempt));
  if (shared_->idle >= static_cast<int>(shared_->queue.size())) {
    shared_->work_there.notify_one();
    return;
  }
  if (shared_->counted >= most) return;  // A busy thread takes it next.
  try {
    start_one();
  } catch (const std::system_error&) {
    // The existing threads do with what the system gives. If all of them hang in calls that nobody
    // waits for, the next attempt asks the system again, and this one ends by its timeout.
  }
}

void CallThreads::loop(const std::shared_ptr<Shared>& shared, Worker* worker) {
  {
    Scratch scratch;
    Lock lock(shared->mutex);
    while (!worker->written_off) {
      ++shared->idle;
      lock.wait(shared->work_there, [&]() WEIR_REQUIRES(shared->mutex) {
        return !shared->queue.empty() || shared->stopping;
      });
      --shared->idle;
      if (shared->queue.empty()) break;
      std::shared_ptr<Attempt> attempt = std::move(shared->queue.front());
      shared->queue.pop_front();
      worker->attempt = attempt.get();
      lock.unlock();
      shared->work(attempt, scratch);
      lock.lock();
      worker->attempt = nullptr;  // Before its memory may become another attempt's.
      lock.unlock();
      attempt.reset();
      lock.lock();
    }
    lock.unlock();
    scratch.reset();
  }
  const Lock lock(shared->mutex);
  --(worker->written_off ? shared->hanging : shared->counted);
  std::erase_if(shared->workers, [&](const auto& known) { return known.get() == worker; });
  shared->ended.notify_all();
}

bool CallThreads::withdraw(const Attempt& attempt) {
  const Lock lock(shared_->mutex);
  return std::erase_if(shared_->queue,
                       [&](const auto& waiting) { return waiting.get() == &attempt; }) > 0;
}

bool CallThreads::write_off(const Attempt& attempt) {
  if (withdraw(attempt)) return false;
  const Lock lock(shared_->mutex);
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
  const Lock lock(shared_->mutex);
  return shared_->hanging;
}

bool CallThreads::stop(Clock::time_point until) {
  Lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->queue.clear();
  shared_->work_there.notify_all();
  return lock.wait_until(shared_->ended, until, [this]() WEIR_REQUIRES(shared_->mutex) {
    return shared_->counted + shared_->hanging == 0;
  });
}

}  // namespace weir::flow
