// Do the times of queues, batches and functions go together?
#pragma once

#include <vector>

#include "template/loader.h"

namespace waybill::templates {

// A notice for each event source mapping whose queue shows messages again while the batch waits for its window, or
// while the function still has time. AWS refuses such a mapping; here an operator may have set the queue's timeout
// since.
std::vector<Notice> doubtful_batch_times(const std::vector<LoadedTemplate>& templates,
                                         const std::vector<Resource>& in_catalog);

}  // namespace waybill::templates
