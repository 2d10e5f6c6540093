# The tests of the SQLite engine.
waybill_unit_test(store_sqlite
  SOURCES sqlite_conformance_test.cc
  DEPS waybill_test_support waybill_store)
