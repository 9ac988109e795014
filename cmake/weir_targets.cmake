# What all of weir's own targets share: the language, the warnings, the sanitizers.
add_library(weir_build INTERFACE)
target_compile_features(weir_build INTERFACE cxx_std_20)
# g++ 12 reports overlapping copies (GCC PR 105651) and uninitialised bytes inside std::string that
# cannot be, the latter at -O3 and under sanitizers.
target_compile_options(weir_build INTERFACE -Wall -Wextra -Werror -Wno-restrict
  -Wno-maybe-uninitialized)
target_include_directories(weir_build INTERFACE ${PROJECT_SOURCE_DIR})
if(WEIR_SANITIZE)
  target_compile_options(weir_build INTERFACE -fsanitize=${WEIR_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(weir_build INTERFACE -fsanitize=${WEIR_SANITIZE})
  if(WEIR_SANITIZE MATCHES undefined)
    # oneTBB's own headers downcast tasks under construction: its vptr reports say nothing of ours.
    target_compile_options(weir_build INTERFACE -fno-sanitize-recover=undefined -fno-sanitize=vptr)
  endif()
endif()

# weir_floor(name [SOURCES ...] [USES ...]): a static library, one folder of the source tree.
function(weir_floor name)
  cmake_parse_arguments(floor "" "" "SOURCES;USES" ${ARGN})
  add_library(${name} STATIC ${floor_SOURCES})
  target_link_libraries(${name} PUBLIC weir_plugin ${floor_USES} PRIVATE weir_build)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
