#include "pattern/event_time.h"

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("event times are ISO 8601 with a zone") {
  for (const char* text :
       {"2026-09-24T08:15:00Z", "2026-09-24T08:15:00.123456789Z", "2026-09-24T08:15Z", "2026-09-24T08:15:00+02:00",
        "2026-09-24T08:15:00-0330", "2026-09-24T08:15:00+02", "2024-02-29T00:00:00Z"}) {
    CAPTURE(text);
    CHECK(is_event_time(text));
  }
  for (const char* text :
       {"", "2026-09-24", "2026-09-24T08:15:00", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z", "2026-09-24T24:00:00Z",
        "2026-09-24T08:60:00Z", "2026-09-24 08:15:00Z", "2026-09-24T08:15:00.Z", "2026-09-24T08:15:00Zx", "yesterday",
        "1758700000", "2026-9-24T08:15:00Z", "2026-09-24T08:15:00+02:"}) {
    CAPTURE(text);
    CHECK_FALSE(is_event_time(text));
  }
}

}  // namespace waybill::pattern
