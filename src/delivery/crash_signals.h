// The part of the crash log that runs inside signal handlers.
#pragma once

#include <atomic>
#include <cstdint>

namespace waybill::delivery {

using CrashFlag = std::atomic<std::int32_t>;

// A crash of this thread sets the flag before the process ends; null for none. It must outlive its being set here.
void flag_crashes_in(CrashFlag* flag);

}  // namespace waybill::delivery
