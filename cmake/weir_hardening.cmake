# Hardening against memory errors that neither tests nor fuzzing found. It applies to the optimised
# builds of all of weir's own code and plugins. FORTIFY needs optimisation, and hides from
# sanitizers what it checks itself.
option(WEIR_HARDENING "Stack protector, FORTIFY_SOURCE, stack clash protection, CET, full RELRO" ON)
if(WEIR_HARDENING AND NOT WEIR_SANITIZE)
  include(CheckPIESupported)
  check_pie_supported(LANGUAGES CXX)
  set(optimised $<CONFIG:Release,RelWithDebInfo,MinSizeRel>)
  target_compile_options(weir_build INTERFACE
    $<${optimised}:-U_FORTIFY_SOURCE> $<${optimised}:-D_FORTIFY_SOURCE=2>
    $<${optimised}:-fstack-protector-strong> $<${optimised}:-fstack-clash-protection>)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
    target_compile_options(weir_build INTERFACE $<${optimised}:-fcf-protection=full>)
  endif()
  target_link_options(weir_build INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
