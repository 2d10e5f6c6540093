#include "pattern/engine/scan_kernels.h"
#include "pattern/json_reader.h"

namespace waybill::pattern::scan {

PathTree::Node node_of_name(const PathTree& paths, PathTree::Node node, std::string_view raw, Scratch& scratch) {
  scratch.name.clear();
  append_decoded_json_string(raw, scratch.name);
  return paths.descendant(node, scratch.name);
}

std::string_view decoded_string(std::string_view raw, std::size_t event_size, Scratch& scratch) {
  // Room for everything at once, so that earlier views stay where they are.
  if (scratch.decoded.empty()) scratch.decoded.reserve(2 * event_size);
  const std::size_t start = scratch.decoded.size();
  append_decoded_json_string(raw, scratch.decoded);
  return std::string_view(scratch.decoded).substr(start);
}

}  // namespace waybill::pattern::scan
