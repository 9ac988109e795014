#pragma once

/// Memory that a pool holds and nobody may touch: under AddressSanitizer whoever does is caught.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define WEIR_POISON(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define WEIR_UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#else
#define WEIR_POISON(at, size)
#define WEIR_UNPOISON(at, size)
#endif
