// Shapes that several operations share; the letters are those of contract section 2.
#pragma once

#include "api/request/patterns.h"

namespace waybill::api {

inline constexpr bool kNeeded = true;

inline constexpr Shape kAnyText{};
inline constexpr Shape kBoolean{.kind = Kind::boolean};
inline constexpr Shape kAnyInteger{.kind = Kind::integer};
inline constexpr Shape kTimestamp{.kind = Kind::timestamp};

inline constexpr Shape kName = text({1, 64}, &kNamePattern);                      // N64
inline constexpr Shape kBusName = text({1, 256}, &kBusNamePattern);               // B
inline constexpr Shape kOwnBusName = text({1, 256}, &kNamePattern);               // b: of no partner
inline constexpr Shape kBusNameOrArn = text({1, 1600}, &kBusNameOrArnPattern);    // BA
inline constexpr Shape kPartnerSource = text({1, 256}, &kPartnerSourcePattern);   // P
inline constexpr Shape kArn = text({1, 1600});                                    // A
inline constexpr Shape kEventsArn = text({1, 1600}, &kEventsArnPattern);          // X
inline constexpr Shape kConnectionArn = text({1, 1600}, &kConnectionArnPattern);  // CA
inline constexpr Shape kUrl = text({1, 2048}, &kUrlPattern);                      // U
inline constexpr Shape kKmsKey = at_most(2048, &kKmsKeyPattern);                  // K
inline constexpr Shape kDescription = at_most(512);                               // of buses and rules
inline constexpr Shape kOneLineDescription = at_most(512, &kOneLinePattern);      // of everything else
inline constexpr Shape kEventPattern = at_most(4096);

inline constexpr Shape kNextToken = text({1, 2048});
inline constexpr Shape kLimit = integer({1, 100});

inline constexpr Shape kTagKey = text({1, 128});
inline constexpr Shape kTagValue = text({0, 256});
inline constexpr Member kTagMembers[] = {{"Key", kTagKey, kNeeded}, {"Value", kTagValue, kNeeded}};
inline constexpr Shape kTag = structure("Tag", kTagMembers);
inline constexpr Shape kTags = list_of(kTag);  // T

inline constexpr Member kDeadLetterMembers[] = {{"Arn", kArn}};
inline constexpr Shape kDeadLetterConfig = structure("DeadLetterConfig", kDeadLetterMembers);

inline constexpr Shape kHeaderKey = at_most(512, &kHeaderKeyPattern);
inline constexpr Shape kHeaderValue = at_most(512, &kHeaderValuePattern);
inline constexpr Shape kQueryKey = at_most(512, &kQueryKeyPattern);
inline constexpr Shape kQueryValue = at_most(512, &kQueryValuePattern);

}  // namespace waybill::api
