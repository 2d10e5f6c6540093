# The daemon killed while clients write. Included by tests/e2e/CMakeLists.txt, which knows how a daemon is tested.
if(NOT TEST crash_kill)
  waybill_daemon_test(crash_kill crash ${CMAKE_CURRENT_LIST_DIR}/kill_test.py 600)
  waybill_daemon_test(crash_kill_redrive crash ${CMAKE_CURRENT_LIST_DIR}/kill_redrive_test.py 300)
endif()
