#pragma once

/// Marks memory that a pool holds and nobody may touch, so that AddressSanitizer reports an access.
/// Does nothing in other builds.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define WEIR_POISON(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define WEIR_UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#else
#define WEIR_POISON(at, size)
#define WEIR_UNPOISON(at, size)
#endif
