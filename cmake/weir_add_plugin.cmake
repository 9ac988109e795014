# weir_add_plugin(name src...): a plugin of weir, lib<name>.so, which `plugins: [lib<name>.so]` in a
# pipeline loads. All of its symbols are hidden but the one that WEIR_PLUGIN defines.
function(weir_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE weir::plugin)
  set_target_properties(${name} PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()
