# Helpers of the SQLite engine's tests: the conformance harness, and file layers that record and that fail.
target_sources(waybill_test_support PRIVATE
  ${CMAKE_CURRENT_SOURCE_DIR}/sqlite_harness.cc)
target_link_libraries(waybill_test_support PUBLIC SQLite::SQLite3)
