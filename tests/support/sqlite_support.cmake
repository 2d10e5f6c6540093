# Helpers of the SQLite engine's tests: the conformance harness, and file layers that record and that fail.
target_sources(waybill_test_support PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/disk_image.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/fault_vfs.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/recording_vfs.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/sqlite_harness.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/wrapping_vfs.cc)
target_link_libraries(waybill_test_support PUBLIC SQLite::SQLite3)
# A hidden struct with members of types in an unnamed namespace: g++ allows it in a file of its own only.
set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/wrapping_vfs.cc PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
