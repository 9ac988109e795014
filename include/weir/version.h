#pragma once

#include <version>  // Tells which standard library this is.

/// The version of the public headers, which grows with every change of one: a plugin that was built
/// before must be built again. `tests/abi_test.py --pin` sets it.
#define WEIR_ABI 24

#define WEIR_STRING_OF(x) #x
#define WEIR_STRING(x) WEIR_STRING_OF(x)

#if defined(_LIBCPP_VERSION)
#define WEIR_ABI_LIBRARY "libc++abi-" WEIR_STRING(_LIBCPP_ABI_VERSION)
#else
#define WEIR_ABI_LIBRARY "libstdc++11abi-" WEIR_STRING(_GLIBCXX_USE_CXX11_ABI)
#endif

// Checked containers have other members.
#if defined(_GLIBCXX_DEBUG)
#define WEIR_ABI_CHECKS "-debug"
#else
#define WEIR_ABI_CHECKS ""
#endif

// A sanitizer sees accesses of the other side only if that was built with it, too.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_ABI_SANITIZER "-asan"
#elif __has_feature(thread_sanitizer)
#define WEIR_ABI_SANITIZER "-tsan"
#elif __has_feature(memory_sanitizer)
#define WEIR_ABI_SANITIZER "-msan"
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WEIR_ABI_SANITIZER "-asan"
#elif defined(__SANITIZE_THREAD__)
#define WEIR_ABI_SANITIZER "-tsan"
#endif
#if !defined(WEIR_ABI_SANITIZER)
#define WEIR_ABI_SANITIZER ""
#endif

/// The C++ ABI and the standard library of the compiler of this translation unit, with their modes.
#define WEIR_COMPILER_ABI \
  "cxxabi-" WEIR_STRING(__GXX_ABI_VERSION) "-" WEIR_ABI_LIBRARY WEIR_ABI_CHECKS WEIR_ABI_SANITIZER

/// The text that WEIR_PLUGIN leaves in a plugin's file, to be read before the file is loaded.
#define WEIR_PLUGIN_TAG_BEGIN "weir plugin, ABI "
#define WEIR_PLUGIN_TAG WEIR_PLUGIN_TAG_BEGIN WEIR_STRING(WEIR_ABI) " " WEIR_COMPILER_ABI
