# A room is a folder in src/ with one library target of the same name ("hypervisor/libvirt" is
# rig_hypervisor_libvirt) and, from its *_test.cc files, one test program "<target>_test".
#
#   room(base LINK PkgConfig::spdlog)
#   room(kube USES api http LINK ...)       USES: rooms, by folder; LINK: libraries
#
# Sources are every *.cc of the folder and of its sub-folders that are not rooms themselves. With RIG_FUZZ each
# *_fuzz.cc is a program "fuzz/<target>_<name>" of the build folder; the target "fuzz" builds them all.

set(RIG_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)

add_library(rig_settings INTERFACE)
target_include_directories(rig_settings INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/gen)
target_compile_definitions(rig_settings INTERFACE RIG_VERSION="${PROJECT_VERSION}")
target_compile_options(rig_settings INTERFACE ${RIG_WARNINGS})
find_program(RIG_MOLD mold)
if(RIG_MOLD)
  target_link_options(rig_settings INTERFACE -fuse-ld=mold)
endif()
# UBSan goes on after what it finds unless told not to, and the test passes. Its checks of every pointer double the
# time to compile and see little that ASan does not: only the fuzz programs have them. g++'s manual on -fsanitize: the
# rate of false -Wmaybe-uninitialized grows; the ordinary build has that warning.
if(RIG_SANITIZE)
  target_compile_options(rig_settings INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined
                         -fno-sanitize=null,alignment,vptr,object-size -fno-omit-frame-pointer
                         -Wno-maybe-uninitialized)
  target_link_options(rig_settings INTERFACE -fsanitize=address,undefined)
endif()
if(RIG_TSAN)
  target_compile_options(rig_settings INTERFACE -fsanitize=thread -Wno-maybe-uninitialized)
  target_link_options(rig_settings INTERFACE -fsanitize=thread)
endif()
if(RIG_FUZZ)
  target_compile_options(rig_settings INTERFACE -fsanitize=fuzzer-no-link,address,undefined
                         -fno-sanitize-recover=undefined -Wno-error)
  target_link_options(rig_settings INTERFACE -fsanitize=address,undefined)
  add_custom_target(fuzz)
endif()

# For programs that allocate much on many threads (docs/PERFORMANCE.md). Sanitizers have allocators of their own.
add_library(rig_allocator INTERFACE)
if(NOT RIG_SANITIZE AND NOT RIG_TSAN AND NOT RIG_FUZZ)
  find_package(mimalloc REQUIRED)
  target_link_libraries(rig_allocator INTERFACE mimalloc)
endif()

function(rig_room_target out folder)
  string(REPLACE "/" "_" name "${folder}")
  set(${out} rig_${name} PARENT_SCOPE)
endfunction()

function(room folder)
  cmake_parse_arguments(ARG "" "" "USES;LINK;EXCLUDE;TEST_USES;TEST_LINK" ${ARGN})
  rig_room_target(target ${folder})
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cc)
  foreach(excluded ${ARG_EXCLUDE})
    list(FILTER files EXCLUDE REGEX "^${excluded}(/|$)")
  endforeach()
  set(sources ${files})
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz)\\.cc$")
  set(tests ${files})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")

  if(NOT sources)
    message(FATAL_ERROR "room ${folder} has no sources")
  endif()
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(${target} PUBLIC rig_settings ${ARG_LINK})
  foreach(used ${ARG_USES})
    rig_room_target(used_target ${used})
    target_link_libraries(${target} PUBLIC ${used_target})
  endforeach()

  if(tests)
    add_executable(${target}_test ${tests})
    target_link_libraries(${target}_test PRIVATE ${target} GTest::gtest GTest::gtest_main ${ARG_TEST_LINK})
    foreach(used ${ARG_TEST_USES})
      rig_room_target(used_target ${used})
      target_link_libraries(${target}_test PRIVATE ${used_target})
    endforeach()
    target_compile_definitions(${target}_test PRIVATE RIG_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${folder} COMMAND ${target}_test)
  endif()

  set(fuzzers ${files})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  if(RIG_FUZZ)
    foreach(file ${fuzzers})
      get_filename_component(name ${file} NAME_WE)
      add_executable(${target}_${name} ${file})
      target_link_libraries(${target}_${name} PRIVATE ${target})
      target_link_options(${target}_${name} PRIVATE -fsanitize=fuzzer)
      set_target_properties(${target}_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
      add_dependencies(fuzz ${target}_${name})
    endforeach()
  endif()
endfunction()
