// The event scan for each kind of processor; event_scan.cc chooses.
#pragma once

#include <string_view>

#include "pattern/engine/path_tree.h"
#include "pattern/engine/scratch.h"

namespace waybill::pattern {

#if defined(__x86_64__)
bool scan_avx512(std::string_view event, const PathTree& paths, Scratch& scratch);
bool scan_avx2(std::string_view event, const PathTree& paths, Scratch& scratch);
bool scan_sse2(std::string_view event, const PathTree& paths, Scratch& scratch);
#elif defined(__aarch64__)
bool scan_neon(std::string_view event, const PathTree& paths, Scratch& scratch);
#endif
bool scan_portable(std::string_view event, const PathTree& paths, Scratch& scratch);

// What the kernels share and is rare enough to be no part of them.
namespace scan {

// Where a member's name leads that may have escapes and dots.
PathTree::Node node_of_name(const PathTree& paths, PathTree::Node node, std::string_view raw, Scratch& scratch);
// The decoded string; the view stays valid for this event.
std::string_view decoded_string(std::string_view raw, std::size_t event_size, Scratch& scratch);

}  // namespace scan
}  // namespace waybill::pattern
