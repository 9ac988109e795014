# The language, warnings and sanitizers of all of weir's own targets.
add_library(weir_build INTERFACE)
target_compile_features(weir_build INTERFACE cxx_std_20)
# g++ 12 reports false positives: overlapping copies (GCC PR 105651), and uninitialised bytes inside
# std::string at -O3 and under sanitizers.
target_compile_options(weir_build INTERFACE -Wall -Wextra -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)  # graph/flow/sync/mutex.h
target_include_directories(weir_build INTERFACE ${PROJECT_SOURCE_DIR})
if(WEIR_SANITIZE)
  target_compile_options(weir_build INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(weir_build INTERFACE -fsanitize=${WEIR_SANITIZE})
  if(WEIR_SANITIZE MATCHES undefined)
    # oneTBB's headers downcast tasks under construction, so vptr reports would not concern weir.
    target_compile_options(weir_build INTERFACE -fno-sanitize-recover=undefined -fno-sanitize=vptr)
  endif()
endif()

if(WEIR_FUZZ)
  target_compile_options(weir_build INTERFACE -fsanitize=fuzzer-no-link)
endif()

# weir_layer(name [SOURCES ...] [USES ...]) builds a static library from one folder of the source
# tree.
function(weir_layer name)
  cmake_parse_arguments(layer "" "" "SOURCES;USES" ${ARGN})
  add_library(${name} STATIC ${layer_SOURCES})
  target_link_libraries(${name} PUBLIC weir_plugin ${layer_USES} PRIVATE weir_build)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
