// Loaded before a program by LD_PRELOAD, makes one of its calls fail, or all from one on:
// WEIR_FAULT=KIND:N or KIND:N+, where KIND is one of `kinds` and N counts from 1, from main on.
// What was counted stands in the file WEIR_FAULT_COUNT, however the process ends: "KIND CALLS" in
// binary.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>

namespace {

enum Kind { kMalloc, kMmap, kThread, kRead, kWrite, kOpen, kFd, kKinds };
constexpr const char* kNames[kKinds] = {"malloc", "mmap", "thread", "read", "write", "open", "fd"};

std::atomic<bool> armed{false};
std::atomic<unsigned long> own_counts[kKinds];
std::atomic<unsigned long>* counts = own_counts;
int kind = -1;
unsigned long first = 0;
bool all_later = false;
pid_t process = 0;

/// Libraries below weir that crash where they find no memory, so that nothing is refused to them:
/// glibc 2.36 where it cannot load a library (oneTBB looks for an allocator that need not be
/// installed), and libgcc 12 where LuaJIT registers the code that it has compiled.
thread_local bool spared = false;

/// Set by a stage: this thread gets no memory.
thread_local bool refused = false;

bool fails(Kind what) {
  if (refused && what == kMalloc) return true;
  if (spared || !armed.load(std::memory_order_relaxed) || getpid() != process) return false;
  const unsigned long n = counts[what].fetch_add(1) + 1;
  return what == kind && (n == first || (all_later && n > first));
}

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

void arm() {
  process = getpid();
  if (const char* path = getenv("WEIR_FAULT_COUNT")) {
    const int fd = ::open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    const unsigned long size = sizeof own_counts;
    if (fd >= 0 && ::ftruncate(fd, static_cast<off_t>(size)) == 0) {
      void* at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
      if (at != MAP_FAILED) counts = static_cast<std::atomic<unsigned long>*>(at);
    }
    ::close(fd);
  }
  if (const char* fault = getenv("WEIR_FAULT")) {
    for (int i = 0; i < kKinds; ++i) {
      const size_t size = strlen(kNames[i]);
      if (strncmp(fault, kNames[i], size) != 0 || fault[size] != ':') continue;
      kind = i;
      char* end = nullptr;
      first = strtoul(fault + size + 1, &end, 10);
      all_later = *end == '+';
    }
  }
  // Not for the programs that this one starts.
  for (const char* name : {"LD_PRELOAD", "WEIR_FAULT", "WEIR_FAULT_COUNT"}) unsetenv(name);
  armed = true;
}

using Main = int (*)(int, char**, char**);
Main real_main;

int counted_main(int argc, char** argv, char** environment) {
  arm();
  return real_main(argc, argv, environment);
}

}  // namespace

extern "C" {

/// Refuses the calling thread all memory, until it is called again. For a stage of a test.
void weir_refuse_memory(bool refuse) { refused = refuse; }

void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(),
                      void (*rtld_fini)(), void* stack_end) {
  using Start = int (*)(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  real_main = main;
  return next<Start>("__libc_start_main")(counted_main, argc, argv, init, fini, rtld_fini,
                                          stack_end);
}

void* dlopen(const char* file, int mode) {
  static const auto next_dlopen = next<void* (*)(const char*, int)>("dlopen");
  spared = true;
  void* const library = next_dlopen(file, mode);
  spared = false;
  return library;
}

void __register_frame(void* begin) {
  static const auto next_register = next<void (*)(void*)>("__register_frame");
  spared = true;
  next_register(begin);
  spared = false;
}

void* malloc(size_t size) {
  if (fails(kMalloc)) return errno = ENOMEM, nullptr;
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  if (fails(kMalloc)) return errno = ENOMEM, nullptr;
  return __libc_calloc(count, size);
}

void* realloc(void* block, size_t size) {
  if (fails(kMalloc)) return errno = ENOMEM, nullptr;
  return __libc_realloc(block, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  if (fails(kMalloc)) return errno = ENOMEM, nullptr;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** at, size_t alignment, size_t size) {
  if (fails(kMalloc)) return ENOMEM;
  *at = __libc_memalign(alignment, size);
  return *at ? 0 : ENOMEM;
}

void* mmap(void* at, size_t size, int protection, int flags, int fd, off_t offset) {
  if (fails(kMmap)) return errno = ENOMEM, MAP_FAILED;
  static const auto real = next<void* (*)(void*, size_t, int, int, int, off_t)>("mmap");
  return real(at, size, protection, flags, fd, offset);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*),
                   void* argument) {
  if (fails(kThread)) return EAGAIN;
  static const auto real =
      next<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create");
  return real(thread, attributes, body, argument);
}

/// Whether something else than memory of the kernel is read or written, which alone can fail: not
/// an eventfd, a signalfd, a timer.
static bool is_io(int fd) {
  struct stat status;
  return fstat(fd, &status) != 0 || (status.st_mode & S_IFMT) != 0;
}

ssize_t read(int fd, void* to, size_t size) {
  if (is_io(fd) && fails(kRead)) return errno = EIO, -1;
  static const auto real = next<ssize_t (*)(int, void*, size_t)>("read");
  return real(fd, to, size);
}

ssize_t pread(int fd, void* to, size_t size, off_t offset) {
  if (fails(kRead)) return errno = EIO, -1;
  static const auto real = next<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  return real(fd, to, size, offset);
}

ssize_t pread64(int fd, void* to, size_t size, off64_t offset) {
  if (fails(kRead)) return errno = EIO, -1;
  static const auto real = next<ssize_t (*)(int, void*, size_t, off64_t)>("pread64");
  return real(fd, to, size, offset);
}

ssize_t write(int fd, const void* from, size_t size) {
  if (is_io(fd) && fails(kWrite)) return errno = EIO, -1;
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return real(fd, from, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  if (fails(kWrite)) return errno = EIO, -1;
  static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
  return real(fd, parts, count);
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (fails(kOpen)) return errno = EMFILE, -1;
  static const auto real = next<int (*)(const char*, int, ...)>("open");
  return real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = va_arg(rest, mode_t);
  va_end(rest);
  if (fails(kOpen)) return errno = EMFILE, -1;
  static const auto real = next<int (*)(const char*, int, ...)>("open64");
  return real(path, flags, mode);
}

int eventfd(unsigned value, int flags) {
  if (fails(kFd)) return errno = EMFILE, -1;
  static const auto real = next<int (*)(unsigned, int)>("eventfd");
  return real(value, flags);
}

int signalfd(int fd, const sigset_t* set, int flags) {
  if (fails(kFd)) return errno = EMFILE, -1;
  static const auto real = next<int (*)(int, const sigset_t*, int)>("signalfd");
  return real(fd, set, flags);
}

int pipe2(int* ends, int flags) {
  if (fails(kFd)) return errno = EMFILE, -1;
  static const auto real = next<int (*)(int*, int)>("pipe2");
  return real(ends, flags);
}

int fstat(int fd, struct stat* info) {
  if (fails(kFd)) return errno = EIO, -1;
  static const auto real = next<int (*)(int, struct stat*)>("fstat");
  return real(fd, info);
}

}  // extern "C"
