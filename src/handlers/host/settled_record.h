// What is to be stored of a record that a handler has answered for.
#pragma once

#include <string>
#include <vector>

#include "handlers/host/effects.h"

namespace waybill {

struct SettledRecord {
  bool ok = true;
  bool is_denied = false;  // refused for want of a permission
  bool retryable = true;
  std::string error;  // why it failed
  std::vector<LogLine> lines;
  delivery::Consequences consequences;  // nothing, where all effects were refused
};

// Builds the record's effects. Where they are refused it has failed, and its `if_refused` is asked for another outcome,
// a few times at most. The error is the first there was: what is refused later on does not hide it.
SettledRecord settle_record(const EffectBuilder& effects, const EffectBuilder::Context& context, RecordOutcome record);

}  // namespace waybill
