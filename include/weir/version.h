#pragma once

/// Grows with every change of a public header that an already built plugin would notice.
#define WEIR_ABI 3

#define WEIR_STRING_OF(x) #x
#define WEIR_STRING(x) WEIR_STRING_OF(x)
/// Which compiler's C++ ABI and standard library this translation unit uses.
#define WEIR_COMPILER_ABI \
  "cxxabi-" WEIR_STRING(__GXX_ABI_VERSION) "-libstdc++11abi-" WEIR_STRING(_GLIBCXX_USE_CXX11_ABI)
