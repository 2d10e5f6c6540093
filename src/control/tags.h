// Tags of rules and buses (contract section 16): "Tags": [{Key, Value}] in the row's body.
#pragma once

#include "control/session.h"

namespace waybill::control {

// What a resource with the present tags has after the given ones: a key that is there is overwritten where it stands,
// others follow in the order given; of one key given twice, the last wins. Both are lists or null.
// Faults: LimitExceeded beyond Limits::tags; a given key that begins with aws:.
Answer<Json> merged_tags(const Session& session, const Json& present, const Json& given);

}  // namespace waybill::control
