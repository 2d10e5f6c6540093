# One static library per room. Include paths are "room/file.h" for everybody; which room may include
# which is held by tests/tools/check_floors.py, not by the compiler.

# Where a preset joins sources (CMAKE_UNITY_BUILD): most of a clean build's time is headers and templates read again.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)

add_library(waybill_options INTERFACE)
target_compile_options(waybill_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wconversion -Wno-sign-conversion
  -Werror)
target_compile_definitions(waybill_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_DATE_TIME)
target_include_directories(waybill_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/include)
# Headers of libraries are not ours to warn about.
target_include_directories(waybill_options SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_link_libraries(waybill_options INTERFACE Threads::Threads)
if(WAYBILL_SANITIZE)
  target_compile_options(waybill_options INTERFACE -fsanitize=${WAYBILL_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(waybill_options INTERFACE -fsanitize=${WAYBILL_SANITIZE})
  # g++ 12 sees false positives in instrumented standard-library code.
  target_compile_options(waybill_options INTERFACE -Wno-maybe-uninitialized -Wno-tsan)
endif()

# waybill_room(<name> [COLD] SOURCES a.cc b.cc ... [DEPS target ...]): library waybill_<name> from src/<name>/.
# COLD: no event passes through it; optimising it hard only costs build time.
function(waybill_room name)
  cmake_parse_arguments(ROOM "COLD" "" "SOURCES;DEPS" ${ARGN})
  add_library(waybill_${name} STATIC ${ROOM_SOURCES})
  set_target_properties(waybill_${name} PROPERTIES UNITY_BUILD_BATCH_SIZE 16)
  target_link_libraries(waybill_${name} PUBLIC waybill_options ${ROOM_DEPS})
  if(ROOM_COLD)
    target_compile_options(waybill_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
endfunction()

# waybill_unit_test(<name> SOURCES a_test.cc ... [DEPS target ...] [ALONE b_test.cc ...]): executable unit_<name>, one
# ctest. ALONE: those of the sources whose names of helpers clash with another's when they are joined.
function(waybill_unit_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;DEPS;ALONE" ${ARGN})
  set_source_files_properties(${TEST_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  add_executable(unit_${name} ${TEST_SOURCES})
  target_include_directories(unit_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(unit_${name} PRIVATE waybill_doctest_main ${TEST_DEPS})
  target_compile_definitions(unit_${name} PRIVATE WAYBILL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME unit_${name} COMMAND unit_${name})
  set_tests_properties(unit_${name} PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
