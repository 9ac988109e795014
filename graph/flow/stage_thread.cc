#include "graph/flow/stage_thread.h"
#include "graph/flow/sync/mutex.h"

#include <chrono>
#include <condition_variable>
#include <system_error>
#include <thread>
#include <utility>

namespace weir::flow {
namespace {

constexpr std::chrono::milliseconds kTick{20};

}  // namespace

/// The state that the thread uses, even after it was given up.
struct StageThread::Shared {
  Mutex mutex;
  std::condition_variable changed;
  std::function<void()> work;
  bool ending WEIR_GUARDED_BY(mutex) = false;
  std::thread thread;

  void loop() {
    Lock lock(mutex);
    while (true) {
      lock.wait(changed, [this]() WEIR_REQUIRES(mutex) { return work || ending; });
      if (!work) return;
      lock.unlock();
      work();
      lock.lock();
      work = nullptr;
      changed.notify_all();
    }
  }
};

StageThread::StageThread() : shared_(std::make_shared<Shared>()) {
  try {
    shared_->thread = std::thread([shared = shared_] { shared->loop(); });
  } catch (const std::system_error&) {
  }
}

StageThread::~StageThread() {
  if (!shared_->thread.joinable()) return;
  {
    const Lock lock(shared_->mutex);
    shared_->ending = true;
    shared_->changed.notify_all();
  }
  shared_->thread.join();
}

bool StageThread::run(std::function<void()> work, const std::function<bool()>& give_up) {
  if (!shared_->thread.joinable()) {
    work();
    return true;
  }
  Lock lock(shared_->mutex);
  shared_->work = std::move(work);
  shared_->changed.notify_all();
  while (!lock.wait_for(shared_->changed, kTick, [this] { return !shared_->work; })) {
    lock.unlock();
    const bool over = give_up();
    lock.lock();
    if (!over || !shared_->work) continue;
    shared_->thread.detach();
    return false;
  }
  return true;
}

}  // namespace weir::flow
