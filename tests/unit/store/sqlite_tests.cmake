# The tests of the SQLite engine.
waybill_unit_test(store_sqlite
  SOURCES disk_image_test.cc sqlite_conformance_test.cc sqlite_database_test.cc sqlite_engine_test.cc
    sqlite_key_range_test.cc sqlite_pending_payloads_test.cc sqlite_schema_test.cc sqlite_store_test.cc
    sqlite_user_table_test.cc sqlite_write_out_test.cc
  DEPS waybill_test_support waybill_store)
