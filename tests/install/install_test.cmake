# Every step must succeed; what the sample prints is compared with hello.txt.
function(run)
  cmake_parse_arguments(run "" "OUTPUT;ERROR;CODE" "COMMAND" ${ARGN})
  execute_process(COMMAND ${run_COMMAND} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT DEFINED run_CODE)
    set(run_CODE 0)
  endif()
  if(NOT code EQUAL run_CODE)
    message(FATAL_ERROR "expected exit code ${run_CODE}, got ${code}: ${run_COMMAND}\n${out}${err}")
  endif()
  if(run_OUTPUT)
    set(${run_OUTPUT} "${out}" PARENT_SCOPE)
  endif()
  if(run_ERROR)
    set(${run_ERROR} "${err}" PARENT_SCOPE)
  endif()
endfunction()

set(prefix ${WORK_DIR}/prefix)
set(sample ${WORK_DIR}/hello_stage)
file(REMOVE_RECURSE ${prefix} ${sample})
run(COMMAND ${CMAKE_COMMAND} --install ${BINARY_DIR} --prefix ${prefix})
set(weir ${prefix}/${BIN}/weir)

# The sample, as its author would build it.
set(flags "-O1 -Wall -Wextra -Werror")
if(SANITIZE)
  # g++ 12 sees uninitialised bytes in std::function where there are none, under sanitizers.
  string(APPEND flags " -fsanitize=${SANITIZE} -Wno-maybe-uninitialized")
endif()
run(COMMAND ${CMAKE_COMMAND} -S ${SOURCE_DIR}/samples/hello_stage -B ${sample} -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_FLAGS=${flags} -DCMAKE_PREFIX_PATH=${prefix}
    -DCMAKE_DISABLE_FIND_PACKAGE_TBB=ON -DCMAKE_DISABLE_FIND_PACKAGE_yaml-cpp=ON)
run(COMMAND ${CMAKE_COMMAND} --build ${sample})
file(READ ${CMAKE_CURRENT_LIST_DIR}/hello.txt wanted)
foreach(threads 1 2 8)
  run(COMMAND ${weir} run ${sample}/hello.yaml --threads ${threads} OUTPUT got)
  if(NOT got STREQUAL wanted)
    message(FATAL_ERROR "expected\n${wanted}got at ${threads} threads\n${got}")
  endif()
endforeach()

# Without a build type and flags, as from `cmake -B build`, a plugin is optimised; otherwise its author
# decides.
function(check_optimised wanted)
  file(REMOVE_RECURSE ${WORK_DIR}/hello_flags)
  run(COMMAND ${CMAKE_COMMAND} -S ${SOURCE_DIR}/samples/hello_stage -B ${WORK_DIR}/hello_flags
      -G ${GENERATOR} -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${prefix}
      -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN})
  file(READ ${WORK_DIR}/hello_flags/compile_commands.json commands)
  set(found FALSE)
  if(commands MATCHES " -O2 ")
    set(found TRUE)
  endif()
  if(NOT found STREQUAL wanted)
    message(FATAL_ERROR "expected optimised to be ${wanted} with '${ARGN}', got\n${commands}")
  endif()
endfunction()
check_optimised(TRUE)
check_optimised(FALSE -DCMAKE_BUILD_TYPE=Debug)
check_optimised(FALSE -DCMAKE_CXX_FLAGS=-O0)

# Its options are checked like anyone's.
file(READ ${sample}/hello.yaml yaml)
string(REPLACE "99[0-9]$" "99[0-9" broken "${yaml}")
file(WRITE ${sample}/broken.yaml "${broken}")
run(COMMAND ${weir} check ${sample}/broken.yaml CODE 2 ERROR err)
if(NOT err MATCHES "broken.yaml:11:1[67]: error: ")
  message(FATAL_ERROR "expected a diagnostic at the pattern, got\n${err}")
endif()

# A plugin of another ABI, built against the installed headers.
file(WRITE ${sample}/old.cc "#include <weir/plugin.h>
extern \"C\" __attribute__((visibility(\"default\"))) const weir::detail::PluginInfo
    weir_plugin_info = {WEIR_ABI + 1, WEIR_COMPILER_ABI, nullptr};
")
run(COMMAND ${CXX} -std=c++20 -shared -fPIC -I ${prefix}/${INCLUDE} ${sample}/old.cc
    -o ${sample}/libold.so)
string(REPLACE "libhello.so" "libold.so" old "${yaml}")
file(WRITE ${sample}/old.yaml "${old}")
run(COMMAND ${weir} run ${sample}/old.yaml CODE 2 ERROR err)
if(NOT err MATCHES "old.yaml:4:1[0-9]: error: plugin 'libold.so' was built for weir ABI [0-9]+, this is")
  message(FATAL_ERROR "expected an error about the ABI, got\n${err}")
endif()
