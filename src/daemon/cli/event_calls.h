// What `waybill put-events` reads and sends.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace waybill::cli {

// The entries in the text, as spelled: {"Entries":[…]}, an array, a bare entry, or several of these one after another
// (JSON lines). Errors: invalid; they name the line or the entry.
Result<std::vector<std::string_view>> read_entries(std::string_view text);

struct EventCall {
  std::size_t first = 0;  // index of its first entry
  std::size_t count = 0;
  std::string body;
};

// AWS: at most 10 entries and 1 MiB in one call. An entry that is too large alone goes alone, so that the
// daemon's answer names it and no other fails with it.
std::vector<EventCall> make_calls(const std::vector<std::string_view>& entries, std::size_t max_entries = 10,
                                  std::size_t max_bytes = 1'000'000);

// What became of one entry.
struct EntryAnswer {
  std::string event_id;  // "" when it failed
  std::string error;     // "Code: message"
};
// The body of a PutEvents answer. Errors: invalid, when it does not answer each of `count` entries.
Result<std::vector<EntryAnswer>> read_answers(const std::string& body, std::size_t count);

}  // namespace waybill::cli
