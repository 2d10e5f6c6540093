// Control operations on queues (AWS: SQS). Requests are those of SQS's JSON protocol, but that a queue is named by
// "QueueName" where SQS has its URL, and answers have "QueueName" and "QueueNames": whoever speaks the protocol makes
// URLs of names. Faults have the codes of that protocol ("QueueDoesNotExist").
#pragma once

#include "control/session.h"

namespace waybill::control {

// queues.cc. A queue that is there with the same attributes is made once; answer: QueueName.
Answer<Json> create_queue(Session& session, const Json& request);
Answer<Json> delete_queue(Session& session, const Json& request);
Answer<Json> get_queue(Session& session, const Json& request);                       // QueueName
Answer<Json> list_queues(Session& session, const Json& request);                     // QueueNamePrefix; QueueNames
Answer<Json> list_dead_letter_source_queues(Session& session, const Json& request);  // QueueNames
// Attributes: all that the catalog knows of, as texts.
Answer<Json> describe_queue(Session& session, const Json& request);
Answer<Json> set_queue_attributes(Session& session, const Json& request);
// queue_tags.cc
Answer<Json> tag_queue(Session& session, const Json& request);
Answer<Json> untag_queue(Session& session, const Json& request);
Answer<Json> list_queue_tags(Session& session, const Json& request);
// queue_permissions.cc
Answer<Json> add_queue_permission(Session& session, const Json& request);
Answer<Json> remove_queue_permission(Session& session, const Json& request);

// The row of the request's QueueName.
Answer<const CatalogRow*> require_queue(const Session& session, const Json& request);

}  // namespace waybill::control
