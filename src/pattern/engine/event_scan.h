// Reads an event straight from its bytes along the paths that patterns name: every leaf at such a path goes into the
// scratch, what no pattern names is skipped as a whole. No tree, no copy but of strings that have escapes.
//
// The text is looked at 64 bytes at a time; vector instructions find quotes and brackets in them, the widest that the
// processor has (scan_kernel.inc is compiled once for each kind). All duplicate keys are seen.
#pragma once

#include <string_view>
#include <vector>

#include "pattern/engine/path_tree.h"
#include "pattern/engine/scratch.h"

namespace waybill::pattern {

// REQUIRES: scratch.begin() was called for the tree, and that `event` is one JSON object in UTF-8, which is not
// checked: false when the text is noticed to be something else, and for one nested deeper than FlatEvent reads; of
// other malformed text some leaves. Always stops, and never reads outside of it. Views in the scratch look into
// `event`.
using EventScan = bool (*)(std::string_view event, const PathTree& paths, Scratch& scratch);

struct NamedEventScan {
  const char* name;
  EventScan scan;
};
// Those that this processor can run, the fastest first.
const std::vector<NamedEventScan>& event_scans();

// The fastest.
bool scan_event(std::string_view event, const PathTree& paths, Scratch& scratch);

}  // namespace waybill::pattern
