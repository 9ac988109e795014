# weir_add_plugin(name src...) builds a plugin of weir: lib<name>.so, which
# `plugins: [lib<name>.so]` in a pipeline loads. All of its symbols are hidden, except the one that
# WEIR_PLUGIN defines. `cmake -B build` sets no build type, which would make a plugin many times
# slower than it could be; it is then built with -O2, unless CMAKE_CXX_FLAGS set an optimisation
# level.
function(weir_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE weir::plugin)
  set_target_properties(${name} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  get_property(is_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  if(NOT is_multi_config AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CXX_FLAGS MATCHES "(^| )-O")
    target_compile_options(${name} PRIVATE -O2)
  endif()
endfunction()
